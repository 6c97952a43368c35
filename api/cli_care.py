"""Commands that look after a home: serve, reindex, doctor, backup, restore."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api import output
from api.session import PARTLY, Json, Session
from api.wiring import Lessonry
from corpus.store import restore_backup


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (serve, reindex, doctor, backup, restore):
        app.command()(command)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to serve on. Default 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one. Default 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer requests. Default 1.")] = None,
) -> None:
    """Serve the web pages and the HTTP interface."""
    from api.server import run

    settings = partial(context.obj.settings, host=host, port=port, workers=workers)
    with Lessonry(settings()) as lessonry:
        run(lessonry, settings)


def reindex(context: typer.Context) -> None:
    """Make the vector index anew, with the configured model; vectors that are known are not computed again."""
    with context.obj.open() as lessonry:
        lessonry.fetch_model()
        with output.progress("encoding") as bar:
            count = lessonry.indexer.rebuild(progress=bar)
    output.note(f"{count} passages indexed")


def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what is derived, after a backup.")] = False,
    json: Json = False,
) -> None:
    """Check the database, the full text and the vector index; say in words what is wrong."""
    from api.doctor import examine, mend

    with context.obj.open() as lessonry:
        found = examine(lessonry)
        repaired: list[str] = []
        if repair and found:
            repaired = mend(lessonry, found)
            found = examine(lessonry)
    if json:
        output.print_json({"healthy": not found, "problems": [str(one) for one in found], "repaired": repaired})
    else:
        for line in repaired:
            output.out.print(f"mended: {line}", markup=False)
        for one in found:
            output.out.print(str(one), markup=False)
        if not found:
            output.out.print("all is well")
    raise typer.Exit(PARTLY if found else 0)


def backup(context: typer.Context, file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the whole database to one file; safe while serving."""
    with context.obj.open() as lessonry:
        lessonry.corpus.backup(file)
    output.note(f"written to {file}")


def restore(context: typer.Context, file: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
    """Put a backup in the place of the home's database; safe while serving."""
    session: Session = context.obj
    restore_backup(file, session.settings().home)
    with session.open() as lessonry:
        with output.progress("encoding") as bar:
            lessonry.indexer.catch_up(progress=bar)
        count = lessonry.corpus.documents.count()
    output.note(f"{count} documents restored from {file}")
