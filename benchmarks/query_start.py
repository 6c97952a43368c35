"""One search in a fresh process against a script that loads the model by sentence-transformers and encodes the query.

Both run alternately in one go, since machines are noisy; the ratio of the medians is the figure.

usage: python benchmarks/query_start.py [--rounds N]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from search.encoders import DEFAULT_MODEL, model_source

QUERY = "leap second made our CPUs spin"
BASELINE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1]).encode(sys.argv[2])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    lessonry = str(Path(sys.executable).with_name("lessonry"))
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([lessonry, "--home", home, "import", "corpus/starter"], check=True, capture_output=True)
        commands = {
            "lessonry search": [lessonry, "--home", home, "search", QUERY, "--json"],
            "sentence-transformers": [sys.executable, "-c", BASELINE, model_source(DEFAULT_MODEL), QUERY],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times[name].append(time.perf_counter() - start)
    print("| one query, fresh process | median s | least | most |\n|---|---|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} |")
    ours, theirs = (statistics.median(seconds) for seconds in times.values())
    print(f"\n{theirs / ours:.1f} times as quick")


if __name__ == "__main__":
    main()
