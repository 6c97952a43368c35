"""Commands that change the model: try one beside the one in use, then use it, or the former one again."""

from dataclasses import asdict
from typing import Annotated

import typer

from api import output
from api.session import Json, Session

models = typer.Typer(no_args_is_help=True, help="Another model: try it beside the one in use, then use it.")
_Name = Annotated[str, typer.Argument(help="A sentence-transformers name or path.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(models, name="model")


@models.command("try")
def attempt(context: typer.Context, name: _Name, json: Json = False) -> None:
    """Make an index for a model beside the one in use, and say what would change. What is served goes on."""
    from api.migration import beside, compare, prepare

    session: Session = context.obj
    with session.open() as now, beside(now.settings, name) as then:
        with output.progress("encoding") as bar:
            prepare(then, bar)
        report = compare(now, then)
    if json:
        output.print_json(asdict(report))
    else:
        output.print_migration(report)


@models.command()
def use(context: typer.Context, name: _Name) -> None:
    """Use a model that was tried, from the next start of a server on. The index of the former one stays."""
    from api.migration import take_over

    session: Session = context.obj
    former = take_over(session.settings(), name)
    output.note(f"{name} is used from the next start on; servers with several workers take it up upon SIGHUP")
    if former != name:
        output.note(f"back: lessonry model use {former}")
