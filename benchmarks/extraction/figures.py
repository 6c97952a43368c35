"""What the readers make of one kind of pages, as figures."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.extraction.documents import Known
from benchmarks.extraction.measure import Agreement, agreement, headings_of, lines_kept, mean
from benchmarks.extraction.readers import READERS, Read, Reader, lessonry
from benchmarks.extraction.shells import shown
from benchmarks.extraction.word import docx


@dataclass(frozen=True)
class Figures:
    """Means over the documents. `readers` are agreements in words; the rest is about Lessonry alone.

    `headings`, `code` and `rows` are shares that are still lines of their own; `dates` counts what was found
    right, what is absent though stated, what is rightly absent, and what is wrong.
    """

    documents: int
    readers: Mapping[str, Agreement]
    worst: float
    headings: float
    code: float
    rows: float
    title: float
    organization: float | None = None
    dates: Counter[str] = field(default_factory=Counter)


def of_shell(shell: str, documents: Sequence[Known], readers: Mapping[str, Reader] = READERS) -> Figures:
    """The documents in pages of one shell, read by each of the readers."""
    read: dict[str, list[Agreement]] = {name: [] for name in readers}
    kept, titles, organizations, dates = [], [], [], Counter[str]()
    for document in documents:
        page = shown(shell, document)
        expected = f"{page.title}\n{document.text}"
        for name, reader in readers.items():
            found = reader(page.html.encode(), "page.html")
            read[name].append(agreement(found.text, expected))
            if reader is lessonry:
                kept += [_kept(found, document)] if page.formed else []
                titles.append(found.title == page.title)
                organizations.append(found.organization == page.organization)
                dates[_judged(found.published, page.published)] += 1
    return Figures(
        documents=len(documents),
        readers={name: mean(found) for name, found in read.items()},
        worst=min(found.f1 for found in read["lessonry"]),
        **_means(kept),
        title=statistics.mean(titles),
        organization=statistics.mean(organizations),
        dates=dates,
    )


def of_docx(documents: Sequence[Known]) -> Figures:
    """The documents as DOCX."""
    read = [(document, lessonry(docx(document), "document.docx")) for document in documents]
    found = [agreement(one.text, f"{document.title}\n{document.text}") for document, one in read]
    return Figures(
        documents=len(documents),
        readers={"lessonry": mean(found)},
        worst=min(one.f1 for one in found),
        **_means([_kept(one, document) for document, one in read]),
        title=statistics.mean(one.title == document.title for document, one in read),
    )


def _judged(found: str | None, stated: str | None) -> str:
    if found == stated:
        return "right" if stated else "none"
    return "wrong" if found else "absent"


def _kept(found: Read, document: Known) -> tuple[float | None, ...]:
    """The shares of headings, lines of code and rows that are kept; None for what the document has none of."""
    parts = (
        ("\n".join(headings_of(found.text)), document.headings),
        (found.text, document.code),
        (found.text, document.rows),
    )
    return tuple(lines_kept(text, wanted) if wanted else None for text, wanted in parts)


def _means(kept: Sequence[tuple[float | None, ...]]) -> dict[str, float]:
    columns = zip(*kept, strict=True)
    return {name: _mean_of(column) for name, column in zip(("headings", "code", "rows"), columns, strict=True)}


def _mean_of(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return statistics.mean(known) if known else 1.0
