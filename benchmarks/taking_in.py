"""`lessonry add` on every folder of real documents: outcomes, time, peak memory; then once more, which adds nothing.

usage: python benchmarks/taking_in.py DIR [--home HOME] [--only FOLDER]...
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, help="keep what is made there; otherwise it is thrown away")
    parser.add_argument("--only", action="append", help="only this sub-folder")
    given = parser.parse_args()
    folders = sorted(path for path in given.folder.iterdir() if path.is_dir())
    folders = [path for path in folders if not given.only or path.name in given.only]
    with tempfile.TemporaryDirectory() as thrown_away:
        home = given.home or Path(thrown_away)
        for turn in ("first", "second"):
            print(f"\n| {turn} time | added | changed | unchanged | duplicate | skipped | failed | s | peak MB |")
            print("|---|---|---|---|---|---|---|---|---|")
            reasons: collections.Counter[str] = collections.Counter()
            for folder in folders:
                report, seconds, peak = take_in(home, folder)
                counts = " | ".join(str(count) for count in list(report.values())[:6])
                print(f"| {folder.name} | {counts} | {seconds:.0f} | {peak} |", flush=True)
                reasons.update(reason(item) for item in report["items"] if item["status"] in ("failed", "skipped"))
            for line, count in reasons.most_common(20):
                print(f"  {count} × {line}")


def take_in(home: Path, folder: Path) -> tuple[dict, float, int]:
    """The report of `add`, how long it took, and the most memory it held, in MB."""
    command = [str(Path(sys.executable).with_name("lessonry")), "--home", str(home), "add", str(folder), "--json"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        out = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return json.loads(out), time.perf_counter() - start, usage.ru_maxrss // 1024


def reason(item: dict) -> str:
    """What is said of an item, without its name, so that equal reasons count together."""
    return f"{item['status']}: {(item['error'] or '').removeprefix(item['source']).lstrip(': ')[:110]}"


if __name__ == "__main__":
    main()
