"""Commands that find: search, related, eval."""

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api import output
from api.schemas_search import RelatedAnswer, SearchAnswer
from api.session import (
    CollectionOption,
    Json,
    KindOption,
    OrganizationOption,
    Session,
    SinceOption,
    TagOption,
    TechnologyOption,
    UntilOption,
    filter_of,
    read_file,
)
from corpus.errors import BadQuery
from search.types import MODES, Mode, Query

_QUERY = """What you look for: words, "a phrase", -without, kind: org: tag: tech: after: before: in: (a collection).
- reads standard input."""
ModeOption = Annotated[str, typer.Option(help="hybrid, semantic or keyword.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(search)
    app.command()(related)
    app.command("eval")(evaluation)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help=_QUERY)],
    limit: Annotated[int, typer.Option(help="The most hits.")] = 10,
    mode: ModeOption = "hybrid",
    kind: KindOption = None,
    organization: OrganizationOption = None,
    tag: TagOption = None,
    technology: TechnologyOption = None,
    collection: CollectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit stands where it does.")] = False,
    json: Json = False,
) -> None:
    """Search by meaning and by words."""
    text = sys.stdin.read() if query == "-" else query
    start = time.perf_counter()
    with context.obj.open() as lessonry:
        results = lessonry.searcher.search(
            Query(
                text=text, mode=_mode(mode), limit=limit, explain=explain,
                wanted=filter_of(kind, organization, tag, technology, collection, since, until),
            )
        )  # fmt: skip
    took_ms = round((time.perf_counter() - start) * 1000, 2)
    if json:
        output.print_json(SearchAnswer.of(results, took_ms=took_ms, next=None).model_dump())
    else:
        output.print_results(results, explain=explain)
        if not results.hits:
            output.note("nothing found")


def related(
    context: typer.Context,
    document: Annotated[str | None, typer.Argument(metavar="[ID|URL]", help="A stored document.")] = None,
    text: Annotated[str | None, typer.Option(help="A text; - reads standard input.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file, of any format that add reads; - is standard input.")
    ] = None,
    title: Annotated[str, typer.Option(help="The title of the text.")] = "",
    collection: Annotated[str | None, typer.Option(metavar="SLUG", help="More like this collection.")] = None,
    against: Annotated[
        list[str] | None, typer.Option(metavar="ID|URL", help="With --collection: not like this document; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(help="The most suggestions.")] = 5,
    json: Json = False,
) -> None:
    """Suggest lessons that bear on a document, a text or a collection, each with the sentences that tie it.

    Silent if none do.
    """
    if sum(given is not None for given in (document, text, file, collection)) != 1:
        raise BadQuery("give one of: an ID or URL, --text TEXT, --file PATH, --collection SLUG")
    if against and collection is None:
        raise BadQuery("--against goes with --collection")
    if title and text is None and file is None:
        raise BadQuery("--title goes with --text or --file")
    if not 1 <= limit <= 50:
        raise BadQuery(f"limit must be from 1 to 50, not {limit}")
    if text is not None and not text.strip():
        raise BadQuery("the text is empty")
    start = time.perf_counter()
    with context.obj.open() as lessonry:
        if document is not None:
            found = lessonry.related.of_document(lessonry.corpus.documents.find(document).id, limit)
        elif collection is not None:
            unlike = [lessonry.corpus.documents.find(one).id for one in against or ()]
            found = lessonry.related.of_collection(collection, unlike, limit)
        else:
            said_title, said = _said(text, file)
            found = lessonry.related.of_text(title or said_title, said, limit)
    took_ms = round((time.perf_counter() - start) * 1000, 2)
    if json:
        output.print_json(RelatedAnswer.of(found, took_ms=took_ms).model_dump())
    else:
        output.print_suggestions(found)
        if not found.items:
            output.note("nothing near enough")


def evaluation(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A BEIR folder: corpus.jsonl, queries.jsonl, qrels.tsv.")
    ] = None,
    mode: Annotated[list[str] | None, typer.Option(help="Only this mode; may be given several times.")] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two modes, or reports of earlier evaluations (--json): how much better is the second?"),
    ] = None,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="By the verdicts of this home's readers, in this home.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure the ranking on judged queries, in a home of its own; or on what readers of this home judged."""
    from api import evaluation as measured

    session: Session = context.obj
    modes = [_mode(one) for one in mode] if mode else MODES
    if (folder is None) != from_feedback:
        raise BadQuery("give a folder of judged queries, or --from-feedback")
    if folder is None:
        with session.open() as lessonry:
            report = measured.evaluate_feedback(lessonry, modes)
    else:
        with output.progress("encoding") as bar:
            report = measured.evaluate(folder, session.settings(), modes, progress=bar)
    found = measured.compare(report, *compare) if compare else None
    if json:
        output.print_json({**report, "compared": asdict(found)} if found else report)
        return
    output.print_evaluation(report)
    if compare and found:
        output.print_difference(*compare, found)


def _mode(text: str) -> Mode:
    for mode in MODES:
        if text == mode:
            return mode
    raise BadQuery(f"--mode: {text!r} is none of {', '.join(MODES)}")


def _said(text: str | None, file: Path | None) -> tuple[str, str]:
    """(title, headed text) of what the person gave."""
    if text is not None:
        return "", sys.stdin.read() if text == "-" else text
    from ingest.extract import extract

    name = str(file)
    page = extract(read_file(name), name="standard input" if name == "-" else name)
    return page.title or "", page.text
