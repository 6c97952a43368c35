"""Fuzzing guided by coverage, with atheris: `python -m tests.fuzz.guided TARGET SECONDS`, for any target of `targets`.

It begins with the nasty files. What fails is printed with its bytes, which then belong among them.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["api", "corpus", "ingest", "search"]):
    from tests.fuzz.nasty import NASTY
    from tests.fuzz.targets import TARGETS

LARGEST = 4096


def main() -> None:
    """Run one target for so long; libFuzzer prints how many inputs there were."""
    target, seconds = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        for at, body in enumerate(NASTY.values()):
            (Path(folder) / str(at)).write_bytes(body[:LARGEST])
        bounds = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=30", "-rss_limit_mb=3000"]
        atheris.Setup([sys.argv[0], folder, f"-artifact_prefix={tempfile.gettempdir()}/", *bounds], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
