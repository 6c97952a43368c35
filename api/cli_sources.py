"""Commands on subscribed sources and on duplicates: sources, refresh, duplicates."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from api import output
from api.session import PARTLY, Json, Session, form_of, kind_of, visibility_of
from corpus.errors import Conflict
from corpus.types import Refresh, Subscription

sources = typer.Typer(no_args_is_help=True, help="Sources that are refreshed by themselves.")
Source = Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The source's id or address.")]


_COUNTED = ("seen", "added", "changed", "skipped", "failed", "gone")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(sources, name="sources")
    app.command()(refresh)


@sources.command("add")
def add_source(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="A page, feed, sitemap, list page, site, repository, file or folder.")],
    every: Annotated[
        str | None, typer.Option(help="How often: hourly, daily, weekly, or like 30m, 6h, 2d. Default daily.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="post-mortem, lesson or guidance.")] = None,
    collection: Annotated[str | None, typer.Option(help="Put what is new into this collection.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag the documents; may be given several times.")] = None,
    form: Annotated[str | None, typer.Option("--as", help="What the address is, if that cannot be told.")] = None,
    match: Annotated[list[str] | None, typer.Option(help="Only items whose address fits, * for anything.")] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="How many links deep a site is followed.")] = None,
    most: Annotated[int | None, typer.Option(min=1, help="The most items that are taken.")] = None,
    mask_people: Annotated[bool, typer.Option("--mask-people", help="Mask names and e-mail addresses.")] = False,
    visibility: Annotated[str | None, typer.Option(help="Who may see what it brings: public or members.")] = None,
    json: Json = False,
) -> None:
    """Remember a source, or change how a known one is taken in: what is not given stays as it is."""
    from api.refreshing import health, subscribe

    told = {
        "kind": kind_of(kind), "collection": collection, "tags": tag, "form": form_of(form), "match": match,
        "depth": depth, "most": most, "mask_people": mask_people, "visibility": visibility_of(visibility),
    }  # fmt: skip
    session: Session = context.obj
    with session.open() as lessonry:
        _print(health(lessonry, subscribe(lessonry, address, every, told)), json)
    if not json:
        output.note("a running server refreshes it; without one: lessonry refresh")


@sources.command("list")
def list_sources(context: typer.Context, json: Json = False) -> None:
    """List the sources and how they do."""
    from api.refreshing import health

    with context.obj.open() as lessonry:
        found = [health(lessonry, one) for one in lessonry.corpus.subscriptions.all()]
    if json:
        output.print_json({"items": found})
        return
    for one in found:
        _print(one, json)
    if not found:
        output.note("no sources; add one with: lessonry sources add ADDRESS")


@sources.command()
def check(context: typer.Context, source: Source, json: Json = False) -> None:
    """Look what a source would bring now, and store nothing."""
    from dataclasses import replace

    from api.refreshing import options_of
    from api.taking_in import counted

    with context.obj.open() as lessonry:
        found = lessonry.corpus.subscriptions.get(source)
        options = replace(options_of(found), dry_run=True)
        with output.progress("looking") as bar:
            outcomes = lessonry.ingestor.add(found.address, options)
            seen = []
            for outcome in outcomes:
                seen.append(outcome)
                bar(len(seen), outcomes.total)
    output.print_outcomes(counted(seen), json)
    raise typer.Exit(0 if any(one.status != "failed" for one in seen) else PARTLY)


@sources.command()
def pause(context: typer.Context, source: Source, resume: Annotated[bool, typer.Option("--resume")] = False) -> None:
    """Stop refreshing a source; --resume takes it up again."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.subscriptions.pause(source, paused=not resume)
    output.note(f"{found.address} is {'refreshed again' if resume else 'paused'}")


@sources.command()
def remove(context: typer.Context, source: Source) -> None:
    """Forget a source. Its documents stay."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.subscriptions.remove(source)
    output.note(f"{found.address} is forgotten; its documents stay")


@sources.command()
def log(
    context: typer.Context,
    source: Source,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The most refreshes to show.")] = 20,
    json: Json = False,
) -> None:
    """Show how the latest refreshes of a source went."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.subscriptions.get(source)
        refreshes = lessonry.corpus.subscriptions.log(found.id, limit)
    if json:
        output.print_json({"address": found.address, "items": [_told(one) for one in refreshes]})
        return
    for one in refreshes:
        output.out.print(f"{one.started}  {_line(one)}", markup=False)


def refresh(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[ID|ADDRESS]...", help="Default: all that are due.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="All that are not paused, due or not.")] = False,
    allow_private: Annotated[
        bool | None, typer.Option("--allow-private", help="Fetch from private and loopback addresses too.")
    ] = None,
    json: Json = False,
) -> None:
    """Refresh sources now: only what changed is read, what is gone is marked. For cron; a server does so by itself."""
    from api.refreshing import Refresher

    session: Session = context.obj
    told: list[dict[str, Any]] = []
    with session.open(allow_private=allow_private) as lessonry:
        subscriptions = lessonry.corpus.subscriptions
        wanted = [subscriptions.get(one) for one in sources or ()] or (
            [one for one in subscriptions.all() if not one.paused] if all else subscriptions.due()
        )
        for one in wanted:
            try:
                done = _refreshed(Refresher(lessonry), one)
            except Conflict as error:  # another process is at it: the others still want to be refreshed
                output.note(str(error))
                continue
            told.append({"address": one.address, **_told(done)})
            if not json:
                output.out.print(f"{one.address}: {_line(done)}", markup=False)
        with output.progress("encoding") as bar:
            lessonry.indexer.catch_up(progress=bar)
        lessonry.indexer.compact_if_worth_it()
    if json:
        output.print_json({"items": told})
    elif not told:
        output.note("nothing is due")
    raise typer.Exit(PARTLY if any(one["error"] for one in told) else 0)


def _refreshed(refresher: Any, subscription: Subscription) -> Refresh:
    with output.progress("refreshing") as bar:
        done = 0

        def seen(_: object) -> None:
            nonlocal done
            done += 1
            bar(done, None)

        refreshed: Refresh = refresher.refresh(subscription, seen=seen)
        return refreshed


def _told(one: Refresh) -> dict[str, Any]:
    return {"started": one.started, "ended": one.ended, "counts": one.counts, "error": one.error}


def _line(one: Refresh) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in one.counts.items() if number)
    state = one.error or (counts or "nothing there") if one.ended else "cut off, or going on"
    return f"failed: {state}" if one.error else state


def _print(one: Mapping[str, Any], json: bool) -> None:
    if json:
        output.print_json(one)
        return
    output.out.print(f"{one['id']}  {one['address']}", markup=False)
    told = ", ".join(f"{name} {_shown(value)}" for name, value in one["options"].items())
    every = f"every {_span(one['every_seconds'])}"
    state = "paused" if one["paused"] else f"due {_moment(one['due'])}"
    output.out.print(f"          {'; '.join(part for part in (every, state, told) if part)}", markup=False)
    counts = ", ".join(f"{one[name]} {name}" for name in _COUNTED if one[name])
    last = f"last success {_moment(one['last_success'])}" if one["last_success"] else "never refreshed with success"
    output.out.print(f"          {last}{': ' if counts else ''}{counts}", markup=False)
    if one["last_error"]:
        output.out.print(f"          last error {_moment(one['last_error_at'])}: {one['last_error']}", markup=False)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is True else str(value)


def _span(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:16]} UTC"
