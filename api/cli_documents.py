"""Commands on documents: add, show, list, remove, stats, export, import."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api import output
from api.duplicates import find_events
from api.schemas import DocumentBrief
from api.session import (
    PARTLY,
    UNUSABLE,
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
    form_of,
    kind_of,
    visibility_of,
)
from api.taking_in import counted
from api.whole import whole
from api.wiring import Lessonry
from corpus.bundle import read_bundle, write_bundle
from corpus.errors import SourceError
from ingest.actions import read_actions
from ingest.types import DEPTH, PEOPLE, Options, Outcome

_AT_A_TIME = 64
"""Documents between two turns of the encoder: a kill costs at most so many un-encoded ones."""


_MOST_NOTED = 100


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (add, show, remove, stats):
        app.command()(command)
    app.command("list")(list_documents)
    app.command("export")(export_bundle)
    app.command("import")(import_bundle)


def add(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(help="Addresses, files, folders, or - for standard input.")],
    kind: Annotated[
        str | None, typer.Option(help="post-mortem, lesson or guidance, whatever the document says.")
    ] = None,
    collection: Annotated[str | None, typer.Option(help="Put the documents into this collection.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag the documents; may be given several times.")] = None,
    map: Annotated[
        list[str] | None, typer.Option(help="field=column for CSV, JSON and JSONL; column+column joins.")
    ] = None,
    allow_private: Annotated[
        bool | None, typer.Option("--allow-private", help="Fetch from private and loopback addresses too.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="FORM", help="page, feed, sitemap, list, site or repository; default: as it looks."
        ),
    ] = None,
    match: Annotated[
        list[str] | None, typer.Option(help="Only items of a feed, list or site whose address fits; * for anything.")
    ] = None,
    depth: Annotated[int, typer.Option(min=0, help="How many links deep a site is followed.")] = DEPTH,
    most: Annotated[int | None, typer.Option(min=1, help="The most items of one source.")] = None,
    mask_people: Annotated[
        bool, typer.Option("--mask-people", help="Mask e-mail addresses and the names of authors.")
    ] = False,
    visibility: Annotated[
        str | None, typer.Option(help="Who may see the documents: public, or members, where anyone may read.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: Json = False,
) -> None:
    """Take documents in: a page, feed, sitemap, list, site, PDF, file, folder, export. Again: only what changed."""
    session: Session = context.obj
    options = Options(
        kind=kind_of(kind), tags=tuple(tag or ()), columns=_columns(map or ()), form=form_of(form),
        match=tuple(match or ()), depth=depth, most=most, redact=PEOPLE if mask_people else frozenset(),
        visibility=visibility_of(visibility), dry_run=dry_run,
    )  # fmt: skip
    with session.open(allow_private=allow_private) as lessonry:
        outcomes = _take_in(lessonry, sources, options, collection, quiet=json)
        if not dry_run:
            _index(lessonry, outcomes)
    report = counted(outcomes)
    output.print_outcomes(report, json)
    raise typer.Exit(_exit_code(report))


def _take_in(
    lessonry: Lessonry, sources: list[str], options: Options, collection: str | None, *, quiet: bool
) -> list[Outcome]:
    """Take all sources in, and say what could not be, unless `quiet`."""
    outcomes: list[Outcome] = []
    noted = 0
    with output.progress("taking in") as bar:
        for done, outcome in enumerate(_taken_in(lessonry, sources, options, bar), 1):
            outcomes.append(outcome)
            if outcome.error and outcome.status != "duplicate" and not quiet:
                noted += 1
                if noted <= _MOST_NOTED:
                    output.note(f"{'gone' if outcome.gone else outcome.status}: {_line(outcome)}")
            if collection and outcome.id and not options.dry_run:
                lessonry.add_to_collection(collection, outcome.id)
            if done % _AT_A_TIME == 0 and not options.dry_run:
                lessonry.indexer.catch_up()
    if noted > _MOST_NOTED:
        output.note(f"and {noted - _MOST_NOTED} more; --json tells of each")
    return outcomes


def _index(lessonry: Lessonry, outcomes: list[Outcome]) -> None:
    """Make what was taken in searchable, and tell of each other what reports the same event."""
    with output.progress("encoding") as bar:
        lessonry.indexer.catch_up(progress=bar)
    lessonry.indexer.compact_if_worth_it()
    with output.progress("comparing") as bar:
        find_events(lessonry, [one.id for one in outcomes if one.id and one.status == "added"], bar)


def _columns(pairs: list[str] | tuple[()]) -> Mapping[str, str]:
    columns = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not field or not column:
            raise SourceError(f"--map {pair}", "give it as field=column, e.g. --map text=Description")
        columns[field.strip()] = column.strip()
    return columns


def _taken_in(lessonry: Lessonry, sources: list[str], options: Options, bar: output.Bar) -> Iterator[Outcome]:
    from ingest.pipeline import Seen  # with it come the extractors, which other commands do without

    seen, done, expected = Seen(), 0, 0
    for source in sources:
        stdin = sys.stdin.buffer.read() if source == "-" else None
        outcomes = lessonry.ingestor.add(source, options, stdin=stdin, seen=seen)
        for outcome in outcomes:
            done += 1
            bar(done, expected + outcomes.total)
            yield outcome
        expected += outcomes.total


def _line(outcome: Outcome) -> str:
    """The reason, with what it is about in front."""
    said = outcome.error or ""
    return said if said.startswith(outcome.source) else f"{outcome.source}: {said}"


def _exit_code(report: Mapping[str, int]) -> int:
    good = sum(report[status] for status in ("added", "changed", "unchanged", "duplicate"))
    if report["failed"]:
        return PARTLY if good else UNUSABLE
    return 0 if good else PARTLY


def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="ID|URL", help="The id, the address, or the file's path.")],
    json: Json = False,
) -> None:
    """Show a document."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.documents.find(document)
        if json:
            output.print_json(whole(lessonry, found).model_dump())
            return
        output.print_documents([found])
        output.out.print(f"[dim]{escape(found.url or found.source)}[/dim]")
        if found.gone:
            kept = "; this is what it said" if found.text else "; this is what others say of it"
            output.out.print(f"[yellow]its page is gone since {found.gone}{kept}[/yellow]")
        if found.summary:
            output.out.print(f"\nfrom the list it was found in: {found.summary}", markup=False)
        output.out.print()
        output.print_markdown(found.text)


def list_documents(
    context: typer.Context,
    kind: KindOption = None,
    organization: OrganizationOption = None,
    tag: TagOption = None,
    technology: TechnologyOption = None,
    collection: CollectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, help="The most documents to list.")] = 1_000_000,
    json: Json = False,
) -> None:
    """List documents, the latest added first."""
    with context.obj.open() as lessonry:
        wanted = filter_of(kind, organization, tag, technology, collection, since, until)
        found = lessonry.corpus.documents.page(wanted, limit=limit)
    if json:
        output.print_json({"items": [DocumentBrief.of(document).model_dump() for document in found]})
    else:
        output.print_documents(found)


def remove(
    context: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="ID|URL...", help="Ids, addresses or paths.")],
    json: Json = False,
) -> None:
    """Remove documents."""
    with context.obj.open() as lessonry:
        found = [lessonry.corpus.documents.find(key) for key in documents]
        for document in {document.id: document for document in found}.values():
            lessonry.corpus.documents.remove(document.id)
    if json:
        output.print_json({"removed": [document.id for document in found]})
    else:
        for document in found:
            output.out.print(f"removed {document.id}  {escape(document.title)}")


def stats(context: typer.Context, json: Json = False) -> None:
    """Say how much there is, and of what."""
    with context.obj.open() as lessonry:
        corpus = lessonry.corpus
        report = {
            "home": str(lessonry.settings.home),
            "documents": corpus.documents.count(),
            "passages": corpus.changes.passage_count(),
            "collections": len(corpus.collections.all()),
            "revision": corpus.changes.position()[1],
            "facets": {name: dict(counts) for name, counts in corpus.facets.over().items()},
        }
    if json:
        output.print_json(report)
        return
    for name in ("home", "documents", "passages", "collections"):
        output.out.print(f"{name:<12} {escape(str(report[name]))}")
    for name, counts in report["facets"].items():
        shown = ", ".join(f"{value} {count}" for value, count in list(counts.items())[:8])
        output.out.print(f"{name:<12} {escape(shown)}")


def export_bundle(context: typer.Context, folder: Annotated[Path, typer.Argument(help="Where to write.")]) -> None:
    """Write everything as a folder of readable Markdown, fit for git."""
    with context.obj.open() as lessonry:
        count = write_bundle(lessonry.corpus, folder)
    output.note(f"{count} documents written to {folder}")


def import_bundle(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that export wrote, or one written by hand like it.")],
    json: Json = False,
) -> None:
    """Take in a bundle: all of it, or nothing if anything is wrong with it."""
    with context.obj.open() as lessonry:
        made = read_bundle(lessonry.corpus, folder, lessonry.split)
        read_actions(lessonry.corpus)
        with output.progress("encoding") as bar:
            lessonry.indexer.catch_up(progress=bar)
        lessonry.indexer.compact_if_worth_it()
    counts = {name: getattr(made, name) for name in ("added", "changed", "unchanged", "collections")}
    if json:
        output.print_json(counts)
    else:
        output.note(", ".join(f"{count} {name}" for name, count in counts.items()))
