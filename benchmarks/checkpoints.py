"""Designs with known pitfalls, held against the starter corpus: what is raised, what is missed, what should be quiet.

usage: python benchmarks/checkpoints.py [--limit N]

A design is right if for each of its pitfalls a lesson that tells of it is raised, in whichever section; it is partly
right if that holds for some. A section that should be quiet and gets a lesson is wrongly spoken. The first set was
also used to choose how sections are asked; the second was written, and what to expect of it, before it was tried.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from api.checkpoints import check
from api.settings import load
from api.wiring import Lessonry
from corpus.bundle import read_bundle
from corpus.frontmatter import parse

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "corpus" / "starter"
SETS = ("designs", "designs_held_out")


@dataclass(frozen=True)
class Outcome:
    """A design and the headings of its pitfalls that were raised and missed, and of quiet sections that spoke."""

    name: str
    raised: list[str]
    missed: list[str]
    spoken: list[str]

    def verdict(self) -> str:
        """Right, partly or missed."""
        return "missed" if not self.raised else "partly" if self.missed else "right"


def outcomes(lessonry: Lessonry, chosen: str, limit: int = 3) -> Iterator[Outcome]:
    """What becomes of each design of a set."""
    folder = ROOT / "tests" / "data" / chosen
    for name, wanted in yaml.safe_load((folder / "expected.yaml").read_text()).items():
        page = lessonry.read((folder / name).read_bytes(), name=name)
        found = check(lessonry, page.title or name, page.text, limit)
        told = {part.heading: {one.document.title for one in part.lessons} for part in found.parts}
        everything = set().union(*told.values())
        raised = [heading for heading, files in wanted["raise"].items() if everything & _titles(files)]
        missed = [heading for heading in wanted["raise"] if heading not in raised]
        yield Outcome(name, raised, missed, [heading for heading in wanted["quiet"] if heading in told])


def _titles(files: list[str]) -> set[object]:
    return {parse((STARTER / "documents" / f"{file}.md").read_text())[0]["title"] for file in files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=3, help="the most lessons of a section")
    limit = parser.parse_args().limit
    with tempfile.TemporaryDirectory() as home, Lessonry(load(home=Path(home))) as lessonry:
        read_bundle(lessonry.corpus, STARTER, lessonry.split)
        lessonry.indexer.catch_up()
        for chosen in SETS:
            _tell(chosen, list(outcomes(lessonry, chosen, limit)))


def _tell(chosen: str, found: list[Outcome]) -> None:
    for one in found:
        missed = f"  missed: {', '.join(one.missed)}" if one.missed else ""
        spoken = f"  wrongly spoken: {', '.join(one.spoken)}" if one.spoken else ""
        print(f"{one.verdict():7} {one.name}{missed}{spoken}")
    counts = Counter(one.verdict() for one in found)
    raised, missed, spoken = (sum(len(getattr(one, name)) for one in found) for name in ("raised", "missed", "spoken"))
    print(
        f"{chosen}: {counts['right']} right, {counts['partly']} partly, {counts['missed']} missed of {len(found)};"
        f" {raised} of {raised + missed} pitfalls raised; {spoken} quiet sections spoken\n"
    )


if __name__ == "__main__":
    main()
