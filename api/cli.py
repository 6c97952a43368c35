"""The command line. Data on stdout, notes and progress on stderr; `--json` prints one JSON document.

Exit: 0 done; 1 done in part, or nothing found where something was named; 2 wrong usage or
unusable input, with one clear line and never a traceback.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from api import cli_care, cli_documents, cli_search, settings
from api.session import PARTLY, UNUSABLE, Session
from corpus.errors import LessonryError, NotFound

app = typer.Typer(
    name="lessonry",
    help="Search and recommendation for what organisations have already learned.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lessonry {settings.VERSION}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Where everything is kept (or LESSONRY_HOME). Default: your data folder.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Search and recommendation for what organisations have already learned."""
    context.obj = Session(home)


for module in (cli_documents, cli_search, cli_care):
    module.register(app)


def main() -> None:
    """The entry point of `lessonry`."""
    logging.basicConfig(format="lessonry: %(message)s", level=logging.ERROR)
    try:
        app(standalone_mode=True)
    except NotFound as error:
        _stop(str(error), PARTLY)
    except LessonryError as error:
        _stop(str(error), UNUSABLE)
    except BrokenPipeError:  # e.g. `lessonry list | head`
        sys.stderr.close()
        sys.exit(PARTLY)


def _stop(line: str, code: int) -> None:
    sys.stderr.write(f"lessonry: {' '.join(line.split())}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
