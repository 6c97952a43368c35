"""Pages with known text, read by Lessonry, by trafilatura alone and by beautifulsoup4's get_text alone: one table.

usage: python benchmarks/extraction DATA     DATA holds the real documents, a folder a collection
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a folder, where only the folder itself is on the path

from benchmarks.extraction.documents import sample
from benchmarks.extraction.figures import Figures, of_docx, of_shell
from benchmarks.extraction.measure import Agreement
from benchmarks.extraction.shells import SHELLS
from benchmarks.extraction.twins import Twins, twins

_COLUMNS = (
    "pages | number | Lessonry P, R | F1 | worst | trafilatura P, R | F1 | get_text P, R | F1"
    " | headings | code lines | table rows | title | organization | date right, absent, none, wrong"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=120, help="how many Markdown documents (120)")
    given = parser.parse_args()
    documents = sample(given.folder, given.documents)
    if not documents:
        parser.error(f"{given.folder} holds no Markdown")
    print(f"| {_COLUMNS} |\n|{'---|' * (_COLUMNS.count('|') + 1)}")
    for shell in SHELLS:
        print(row(shell, of_shell(shell, documents)), flush=True)
    print(row("DOCX", of_docx(documents)), flush=True)
    pairs = twins(given.folder / "wikimedia-incidents")
    if pairs:
        print(row_of_twins(pairs))


def row(name: str, figures: Figures) -> str:
    """A line of the table."""
    ours, theirs, plain = (figures.readers.get(reader) for reader in ("lessonry", "trafilatura", "get_text"))
    kept = (figures.headings, figures.code, figures.rows, figures.title, figures.organization)
    cells = [
        name, str(figures.documents), both(ours), f1(ours), f"{figures.worst:.3f}",
        both(theirs), f1(theirs), both(plain), f1(plain),
        *("" if share is None else f"{share:.3f}" for share in kept),
        " ".join(str(figures.dates[word]) for word in ("right", "absent", "none", "wrong")) if figures.dates else "",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def row_of_twins(pairs: Twins) -> str:
    """The PDFs in medians, and below the table what it cannot say."""
    cells = ["PDF (medians)", str(pairs.documents), both(pairs.plain), f1(pairs.plain), f"{pairs.worst[0][1]:.3f}"]
    lines = [f"| {' | '.join(cells)} |{' |' * 10}", ""]
    lines.append(f"PDF, only those of our lines that the twin has too: median F1 {pairs.shared:.3f}. The worst PDFs:")
    lines += [f"  {score:.3f} {name} {error}".rstrip() for name, score, error in pairs.worst]
    return "\n".join(lines)


def both(one: Agreement | None) -> str:
    return f"{one.precision:.3f} {one.recall:.3f}" if one else ""


def f1(one: Agreement | None) -> str:
    return f"{one.f1:.3f}" if one else ""


if __name__ == "__main__":
    main()
