"""A site of a thousand real pages on loopback, taken in, killed, taken in again, and refreshed.

    python -m benchmarks.freshness ../shared/data

The site has a robots.txt that closes a part, a sitemap, slow pages, errors and redirects, and answers with ETags. Its
log is the proof of what was asked. Prints what each run transferred and encoded; ends with 1 if a promise was broken.
"""

import csv
import html
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from tests.loopback import Answer, Site

PAGES, CLOSED, ERRORS, REDIRECTS, SLOW, CHANGED = 1_000, 20, 10, 15, 5, 10
PAUSE = 0.02
Row = dict[str, str]


def page(row: Row, more: str = "") -> str:
    """A lesson as a page with some furniture round it."""
    fields = [(name, text) for name, text in row.items() if len(text or "") > 60]
    body = "".join(f"<h2>{html.escape(name)}</h2><p>{html.escape(text)}</p>" for name, text in fields)
    title = html.escape(row["Title"])
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>All lessons</a></nav>"
        f"<main><article><h1>{title}</h1>{body}{more}</article></main><footer>About us</footer></body></html>"
    )


def stock(site: Site, rows: list[Row]) -> list[str]:
    """Put the pages of the rows, and the files that lead to them; the paths that can be had."""
    paths = [f"/lessons/{number}" for number in range(PAGES)]
    for path, row in zip(paths, rows, strict=False):
        site.put(path, page(row))
    for path in paths[:SLOW]:
        site.pages[path].seconds = 0.5  # type: ignore[union-attr]
    closed = [f"/drafts/{number}" for number in range(CLOSED)]
    broken = [f"/broken/{number}" for number in range(ERRORS)]
    moved = [f"/moved/{number}" for number in range(REDIRECTS)]
    for number, path in enumerate(broken):
        site.pages[path] = Answer(status=(404, 410, 403)[number % 3])
    for number, path in enumerate(moved):
        site.redirect(path, paths[-1 - number])
    links = [*paths, *closed, *broken, *moved]
    entries = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in links)
    site.put("/robots.txt", f"User-agent: *\nDisallow: /drafts/\nCrawl-delay: {PAUSE}\n", "text/plain")
    site.put(
        "/sitemap.xml", f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>", "text/xml"
    )
    return paths


def refresh(home: Path, *, kill_after: int | None = None) -> float:
    """One `lessonry refresh` in a process of its own, killed once so many documents are stored; seconds."""
    command = [sys.executable, "-m", "api.cli", "--home", str(home), "refresh", "--all", "--allow-private", "--json"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while kill_after is not None and process.poll() is None:
            if stored(home, "SELECT count(*) FROM documents") >= kill_after:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.2)
    return time.perf_counter() - start


def stored(home: Path, query: str, file: str = "lessonry.db") -> int:
    """A number from a database of the home."""
    try:
        with sqlite3.connect(f"file:{home / file}?mode=ro", uri=True) as db:
            return int(db.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def told(name: str, site: Site, home: Path, seconds: float) -> tuple[int, int]:
    """Print a run's line; (bytes sent, vectors there)."""
    sent, answers = site.sent(), Counter(one.status for one in site.log)
    vectors = stored(home, "SELECT count(*) FROM vectors", "vectors.db")
    documents = stored(home, "SELECT count(*) FROM documents")
    print(f"{name:<22}{seconds:>7.1f} s {len(site.log):>6} requests {sent / 1e6:>7.3f} MB  {documents:>5} documents "
          f"{vectors:>6} vectors  {dict(sorted(answers.items()))}")  # fmt: skip
    return sent, vectors


def main(data: Path) -> int:
    """Run it all; the number of broken promises."""
    with (data / "nasa-llis" / "llis.csv").open(encoding="utf-8", errors="replace") as file:
        rows = [row for row in csv.DictReader(file) if len(" ".join(filter(None, row.values()))) > 400]
    promises: dict[str, bool] = {}
    with Site() as site, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = stock(site, rows)
        add = ["sources", "add", site.url("/sitemap.xml")]
        subprocess.run([sys.executable, "-m", "api.cli", "--home", folder, *add], check=True, stdout=subprocess.DEVNULL)
        told("killed half way", site, home, refresh(home, kill_after=400))
        first, vectors = told("run again", site, home, refresh(home))
        asked = Counter(site.asked("/lessons"))
        addresses = stored(home, "SELECT count(DISTINCT identity) FROM documents")
        aliased = stored(home, "SELECT count(*) FROM aliases WHERE identity LIKE '%/lessons/%'")
        promises["every page is there, once"] = len(asked) == PAGES and addresses + aliased == len(paths)
        gaps = [after.began - before.ended for before, after in pairwise(site.log)]
        promises["one at a time, with the pause"] = min(gaps) >= PAUSE * 0.9
        promises["robots.txt is obeyed"] = not site.asked("/drafts")
        site.log.clear()
        second, after = told("nothing changed", site, home, refresh(home))
        promises["the second transfers under 5 %"] = second < first * 0.05
        promises["the second encodes nothing"] = after == vectors
        site.log.clear()
        for path, row in zip(paths[100 : 100 + CHANGED], rows[100:], strict=False):
            site.put(path, page(row, "<h2>Afterwards</h2><p>A year later the same valve failed at another plant.</p>"))
        _, changed = told(f"{CHANGED} pages changed", site, home, refresh(home))
        promises["a changed page encodes its new passage only"] = 0 < changed - after <= 2 * CHANGED
        removed = stored(home, "SELECT count(*) FROM tombstones")
        promises["and keeps its others"] = removed <= CHANGED
    for promise, kept in promises.items():
        print(f"{'kept' if kept else 'BROKEN':<8}{promise}")
    return sum(not kept for kept in promises.values())


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
