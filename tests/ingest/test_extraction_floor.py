"""The quality gate of extraction: the starter documents in six kinds of sites, against floors and both libraries alone."""

from pathlib import Path

import pytest

from benchmarks.extraction.documents import Known, known
from benchmarks.extraction.figures import Figures, of_docx, of_shell
from benchmarks.extraction.measure import agreement, lines_kept
from benchmarks.extraction.shells import SHELLS, shown

DOCUMENTS = Path(__file__).parents[2] / "corpus" / "starter" / "documents"
EVERY = 7
FLOORS = {"blog": 0.99, "status": 0.99, "wiki": 0.99, "docs": 0.98, "news": 0.98, "app": 0.99}
WORST = 0.93
LOG = """
```
2021-05-03T10:00:01Z ERROR pool-7: FATAL: remaining connection slots are reserved
    at Pool.acquire (pool.js:42)

retrying in 00:30
```

| Time | Event |
|---|---|
| 10:02 | `kubectl rollout undo` is tried |
| 10:40 | All shards answer |

"""


def document(path: Path) -> Known:
    """A starter document with an error message and a table in its midst."""
    before, heading, after = path.read_text("utf-8").rpartition("\n## ")
    return known(path.stem, f"{before}\n{LOG}{heading}{after}")


@pytest.fixture(scope="module")
def documents() -> list[Known]:
    return [document(path) for path in sorted(DOCUMENTS.glob("*.md"))[::EVERY]]


@pytest.fixture(scope="module", params=SHELLS)
def measured(request: pytest.FixtureRequest, documents: list[Known]) -> tuple[str, Figures]:
    return request.param, of_shell(request.param, documents)


def test_no_shell_is_below_its_floor(measured: tuple[str, Figures]) -> None:
    shell, figures = measured
    assert figures.readers["lessonry"].f1 >= FLOORS[shell]
    assert figures.worst >= WORST


def test_better_than_each_library_alone(measured: tuple[str, Figures]) -> None:
    readers = measured[1].readers
    assert readers["lessonry"].f1 > max(readers["trafilatura"].f1, readers["get_text"].f1)


def test_what_an_engineer_searches_for_survives(measured: tuple[str, Figures]) -> None:
    _, figures = measured
    assert (figures.headings, figures.code, figures.rows) == (1, 1, 1)


def test_what_a_page_says_of_itself(measured: tuple[str, Figures]) -> None:
    _, figures = measured
    assert figures.title == 1
    assert figures.organization == 1
    assert figures.dates["wrong"] == 0
    assert figures.dates["right"] > 4 * figures.dates["absent"]


def test_docx(documents: list[Known]) -> None:
    figures = of_docx(documents)
    assert figures.worst >= 0.99
    assert (figures.headings, figures.code, figures.rows, figures.title) == (1, 1, 1, 1)


def test_the_pages_are_worth_reading(documents: list[Known]) -> None:
    pages = {shell: [shown(shell, one) for one in documents] for shell in SHELLS}
    for shell, shells in pages.items():
        assert len({page.html for page in shells}) == len(documents), shell
        stated = [page.published for page in shells]
        assert any(stated), shell
        assert not all(stated), shell
        assert shells == [shown(shell, one) for one in documents], "a page is the same in every run"
    assert {page.formed for page in pages["app"]} == {True, False}


def test_known_text_by_hand() -> None:
    one = known(
        "x", "# Out *of* disk\n\nIt [was](http://x) `full`.\n\n## Then\n\n```\na | b\n```\n\n|p|q|\n|-|-|\n|1|2|\n"
    )
    assert one.title == "Out of disk"
    assert one.text == "It was full.\nThen\na | b\n\np\nq\n1\n2"
    assert one.headings == ("Then",)
    assert one.code == ("a | b", "")
    assert one.rows == ("p q", "1 2")
    assert one.html.startswith('<p>It <a href="http://x">was</a>')


def test_measures_by_hand() -> None:
    half = agreement("a b c d", "a b")
    assert (half.precision, half.recall) == (0.5, 1.0)
    assert half.f1 == pytest.approx(2 / 3)
    assert agreement("", "").f1 == 1.0
    assert agreement("a", "").f1 == 0.0
    assert lines_kept("x\n  a  b | c\n", ["a b c", "", "d"]) == 0.5
