"""The command that holds a document against what was learned: check."""

import sys
import time
from typing import Annotated

import typer

from api import output
from api.schemas_checkpoints import CheckpointsAnswer
from api.session import Json, Session, read_file
from api.wiring import Lessonry
from corpus.errors import BadQuery

_FILES = "Designs, descriptions of changes, runbooks, in any format that add reads; - is standard input."


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(check)


def check(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help=_FILES)],
    limit: Annotated[int, typer.Option(help="The most lessons of a section.")] = 3,
    json: Json = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for a workflow of GitHub.")] = False,
) -> None:
    """Print, section by section, the lessons that bear on a document, as a Markdown checklist. Silent if none do."""
    from api.checklists import annotations, checklist

    if json and github:
        raise BadQuery("give one of --json and --github")
    if json and len(files) > 1:
        raise BadQuery("--json takes one FILE")
    if not 1 <= limit <= 20:
        raise BadQuery(f"limit must be from 1 to 20, not {limit}")
    session: Session = context.obj
    with session.open() as lessonry:
        for file in files:
            answer = _checked(lessonry, file, limit)
            if json:
                output.print_json(answer.model_dump())
            else:
                named = None if file == "-" else file
                sys.stdout.write(annotations(answer, named) if github else checklist(answer))
            if answer.degraded:
                output.note(f"note: {answer.degraded}")
            if not answer.sections:
                output.note(f"{file}: nothing near enough")


def _checked(lessonry: Lessonry, file: str, limit: int) -> CheckpointsAnswer:
    from api.checkpoints import check

    start = time.perf_counter()
    body = read_file(file)
    name = "standard input" if file == "-" else file
    page = lessonry.read(body, name=name)
    title = page.title or name
    found = check(lessonry, title, page.text, limit)
    took_ms = round((time.perf_counter() - start) * 1000, 2)
    return CheckpointsAnswer.of(found, title=title, source=body.decode("utf-8", "replace"), took_ms=took_ms)
