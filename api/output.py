"""What the command line prints: results for people on stdout, notes and progress on stderr."""

import html
import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from corpus.types import Document
from search.types import Hit, Results, Suggestions

if TYPE_CHECKING:
    from api.migration import Report
    from search.quality import Difference

out = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)

_MARK = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_outcomes(report: Mapping[str, Any], json: bool) -> None:
    """What became of sources: the report itself, or its counts in one line."""
    if json:
        print_json(report)
        return
    counts = [f"{number} {status}" for status, number in report.items() if isinstance(number, int) and number]
    out.print(", ".join(counts) or "nothing")
    if report["masked"]:
        out.print("masked: " + ", ".join(f"{number} {kind}" for kind, number in report["masked"].items()))


def note(line: str) -> None:
    """A line for people, on stderr."""
    notes.print(escape(line))


def print_results(results: Results, *, explain: bool) -> None:
    """Hits, one under the other."""
    for number, hit in enumerate(results.hits, results.query.offset + 1):
        out.print(f"[bold]{number}. {escape(hit.document.title)}[/bold]  [dim]{escape(_facts(hit.document))}[/dim]")
        if hit.passage.heading:
            out.print(f"   [cyan]{escape(hit.passage.heading)}[/cyan]")
        out.print(Text("   ") + _snippet(hit.snippet))
        out.print(f"   [dim]{escape(hit.document.url or hit.document.source)}  id {hit.document.id}[/dim]")
        if explain:
            out.print(f"   [dim]{escape(explanation_line(hit))}[/dim]")
        out.print()
    for line in results.notes:
        note(f"note: {line}")
    if results.did_you_mean:
        note(f"did you mean: {results.did_you_mean}")
    if results.degraded:
        note(f"note: {results.degraded}")


def explanation_line(hit: Hit) -> str:
    """Why a hit stands where it does, in one line whose parts add up to the score."""
    made = hit.explanation
    parts = []
    if made.keyword_weight:
        said = [f"BM25 {made.bm25 or 0:.2f}", *([f"in one piece {made.exact_points:.3f}"] if made.exact else [])]
        words = [f"{word.term} {word.share:.3f} in {' and '.join(word.where)}" for word in made.words]
        said.append(", ".join(words) or "none")
        parts.append(f"words {made.keyword_weight:.2f} × {made.bm25_normalised or 0:.3f} ({'; '.join(said)})")
    if made.semantic_weight:
        parts.append(
            f"meaning {made.semantic_weight:.2f} × {made.cosine_normalised or 0:.3f} (cosine {made.cosine or 0:.3f})"
        )
    lowered = f"; outdated: both weights are {made.lowered:.0%} of what they would be" if made.lowered else ""
    if not parts:
        return "listed: nothing but filters was asked for"
    return f"score {hit.score:.3f} = " + " + ".join(parts) + lowered


def print_suggestions(found: Suggestions) -> None:
    """Suggestions with the sentences that tie them to the page."""
    for number, one in enumerate(found.items, 1):
        out.print(f"[bold]{number}. {escape(one.document.title)}[/bold]  [dim]{escape(_facts(one.document))}[/dim]")
        for because in one.because:
            out.print(f"   [cyan]yours [/cyan] {escape(because.yours)}")
            out.print(f"   [cyan]theirs[/cyan] {escape(because.theirs)}")
        out.print(f"   [dim]{escape(one.document.url or one.document.source)}  id {one.document.id}[/dim]\n")
    if found.degraded:
        note(f"note: {found.degraded}")


def print_markdown(text: str) -> None:
    """A text with its headings, lists and code."""
    from rich.markdown import Markdown  # slow to import, and only `show` needs it

    out.print(Markdown(text))


def print_documents(documents: list[Document]) -> None:
    """One line a document."""
    for document in documents:
        out.print(f"{document.id}  [bold]{escape(document.title)}[/bold]  [dim]{escape(_facts(document))}[/dim]")


def print_evaluation(report: Mapping[str, Any]) -> None:
    """A table of modes and measures."""
    note(f"{report['documents']} documents, {report['queries']} queries")
    if report.get("missing"):
        note(f"{report['missing']} documents are judged relevant and are not there, so nothing can find them")
    modes: Mapping[str, Mapping[str, float]] = report["modes"]
    names = list(next(iter(modes.values())))
    out.print("mode      " + "".join(f"{name:>12}" for name in names) + "   ndcg@10, 95 % interval")
    for mode, values in modes.items():
        low, high = report["intervals"][mode]["ndcg@10"]
        out.print(f"{mode:<10}" + "".join(f"{values[name]:>12}" for name in names) + f"   {low:.3f} to {high:.3f}")


def print_difference(a: str, b: str, found: "Difference") -> None:
    """One line: is b better than a?"""
    out.print(
        f"{b} against {a}: nDCG@10 {found.mean:+.4f}, 95 % interval {found.low:+.4f} to {found.high:+.4f}; "
        f"better for {found.better}, worse for {found.worse} of {found.queries} queries"
    )


def print_migration(report: "Report") -> None:
    """What another model would change, and how to go on."""
    out.print(f"{report.after} beside {report.before}: {report.passages} passages", markup=False)
    agreed, first = f"{report.agreed:.0%} of the first ten stay", f"the first stays for {report.same_first:.0%}"
    out.print(f"of {report.queries} queries: {agreed}, {first}")
    for one in report.differ_most:
        out.print(f"  {one.agreed} of ten stay for: {one.query}", markup=False)
        out.print(f"    first was: {one.before or 'nothing'}", markup=False)
        out.print(f"    now:       {one.after or 'nothing'}", markup=False)
    if report.judged is None:
        out.print(
            "too few queries were judged by readers to say which is better (lessonry eval DIR measures a judged set)"
        )
    else:
        out.print(f"by readers' judgements: nDCG@10 {report.judged.before:.4f} before, {report.judged.after:.4f} after")
        print_difference(report.before, report.after, report.judged.difference)
    note(f"to use it: lessonry model use {report.after}")


@contextmanager
def progress(what: str) -> Iterator["Bar"]:
    """A bar with rate and time left on stderr; silent where that is not a terminal."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as shown:
        yield Bar(shown, shown.add_task(what, total=None, rate=""))


class Bar:
    """One running count."""

    def __init__(self, shown: Progress, task: Any) -> None:
        self._shown = shown
        self._task = task

    def __call__(self, done: int, total: int | None) -> None:
        """`done` of `total`; None where the total is not known."""
        speed = self._shown.tasks[0].finished_speed or self._shown.tasks[0].speed
        rate = f"{speed:.0f}/s" if speed else ""
        self._shown.update(self._task, completed=done, total=total, rate=rate)


def _facts(document: Document) -> str:
    gone = "page gone" if document.gone else None
    return " · ".join(part for part in (document.kind, document.organization, document.published, gone) if part)


def _snippet(snippet: str) -> Text:
    """Escaped HTML with <mark> -> text with the matches in bold."""
    text = Text()
    for place, part in enumerate(_MARK.split(snippet)):
        text.append(re.sub(r"\s+", " ", html.unescape(part)), "bold yellow" if place % 2 else "")
    return text
