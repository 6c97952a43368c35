"""The figures of measure.py as Markdown, and as pictures.

usage: .venv-peers/bin/python benchmarks/scale/report.py FOLDER [--pictures docs/images]
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
Row = tuple[str, Callable[[Figures], str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    figures = json.loads((given.folder / "figures.json").read_text())
    sizes = {int(size): found for size, found in figures["sizes"].items()}
    machine = figures["machine"]
    print(f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, commit {machine['commit']}\n")
    print(f"| passages | {' | '.join(f'{size:,}' for size in sizes)} |\n|---|{'---:|' * len(sizes)}")
    for name, cell in rows():
        print(f"| {name} | {' | '.join(told(cell, found) for found in sizes.values())} |")
    if given.pictures:
        draw(sizes, given.pictures)


def told(cell: Callable[[Figures], str], found: Figures) -> str:
    """A cell; a dash where it was not measured."""
    try:
        return cell(found)
    except (KeyError, TypeError):
        return "–"


def rows() -> list[Row]:
    """What the table has, in order."""
    listed: list[Row] = []
    for name, title in (
        ("hybrid", "hybrid"), ("hybrid again", "hybrid, the same once more"),
        ("keyword", "words"), ("semantic", "meaning"),
    ):  # fmt: skip
        listed.append((f"`GET /v1/search`, {title}: ms, median / p99", ms("http", name)))
    for name in ("1 %", "0.01 %", "one"):
        listed.append((f"… hybrid, within {'one document' if name == 'one' else name}", ms("http", name)))
    for name in ("all", "1 %", "0.01 %", "one"):
        within = "" if name == "all" else f" within {'one document' if name == 'one' else name}"
        listed.append((f"recall@10 of the vectors{within}", lambda f, n=name: f"{f['near'][n]['recall@10']:.3f}"))
    listed.append(("… of the vectors alone: ms", lambda f: middle(f["near"]["all"]["ms"])))
    for name, title in (
        ("add", "to store a document"), ("next query", "the next query after that"), ("remove", "to remove one"),
        ("query after that", "the next query after that"),
    ):  # fmt: skip
        listed.append((f"{title}: ms", lambda f, n=name: middle(f["change"][n])))
    listed += [
        ("compaction: s", lambda f: f"{f['compact']['seconds']:.1f}"),
        ("… queries meanwhile: ms", lambda f: middle(f["compact"]["query meanwhile"])),
        ("server ready: s", lambda f: f"{f['start']['server']['median']:.1f}"),
        ("… of an empty home: s", lambda f: f"{f['start']['server of an empty home']['median']:.1f}"),
        ("`lessonry search`, fresh process: s", lambda f: f"{f['start']['search']['median']:.2f}"),
        ("… plain script: s", lambda f: f"{f['start']['plain script']['median']:.2f}"),
        ("16 clients, one worker: queries/s", lambda f: f"{f['many']['1 worker']['median']:.0f}"),
        ("16 clients, two workers: queries/s", lambda f: f"{f['many']['2 workers']['median']:.0f}"),
        ("plain functions, one after the other: queries/s",
         lambda f: f"{f['many']['plain, one after the other']['median']:.0f}"),
        ("disk, bytes a passage", lambda f: f"{f['room']['bytes a passage']:,}"),
        ("… of them its text, once", lambda f: f"{f['room']['of them text']:,}"),
        ("resident, MiB", lambda f: f"{f['room']['resident MiB']['server']:,}"),
        ("… of an empty home, MiB", lambda f: f"{f['room']['resident MiB']['server of an empty home']:,}"),
    ]  # fmt: skip
    return listed


def ms(part: str, name: str) -> Callable[[Figures], str]:
    return lambda found: middle(found[part][name])


def middle(spread: Figures) -> str:
    return f"{spread['median']:.1f} / {spread['p99']:.1f}"


def draw(sizes: dict[int, Figures], folder: Path) -> None:
    """Latency, and cost of changes, against size."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "scale-latency.png": ("ms, median; bars to the 99th percentile", {
            "hybrid, over HTTP": lambda f: f["http"]["hybrid"],
            "words": lambda f: f["http"]["keyword"],
            "meaning": lambda f: f["http"]["semantic"],
            "within one document": lambda f: f["http"]["one"],
            "vectors alone": lambda f: f["near"]["all"]["ms"],
        }),
        "scale-changes.png": ("ms, median; bars to the 99th percentile", {
            "store a document": lambda f: f["change"]["add"],
            "the next query after that": lambda f: f["change"]["next query"],
            "remove one": lambda f: f["change"]["remove"],
            "the next query after that one": lambda f: f["change"]["query after that"],
        }),
    }  # fmt: skip
    for file, (label, lines) in pictures.items():
        figure, axes = pyplot.subplots(figsize=(8, 4.5), dpi=120)
        for name, cell in lines.items():
            points = [
                (size, cell(found))
                for size, found in sorted(sizes.items())
                if told(lambda f, c=cell: str(c(f)), found) != "–"
            ]
            middles = [spread["median"] for _, spread in points]
            above = [spread["p99"] - spread["median"] for _, spread in points]
            axes.errorbar(
                [size for size, _ in points], middles, [[0] * len(points), above], label=name, marker="o", capsize=3
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("passages")
        axes.set_ylabel(label)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(folder / file)


if __name__ == "__main__":
    main()
