"""The command line. Data on stdout, notes and progress on stderr; `--json` prints one JSON document.

Exit: 0 done; 1 done in part, or nothing found where something was named; 2 wrong usage or
unusable input, with one clear line and never a traceback.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api import (
    cli_assistants,
    cli_care,
    cli_check,
    cli_documents,
    cli_duplicates,
    cli_lessons,
    cli_models,
    cli_people,
    cli_review,
    cli_search,
    cli_sources,
    settings,
)
from api.session import INTERRUPTED, PARTLY, UNUSABLE, Session
from corpus.errors import LessonryError, NotFound

app = typer.Typer(
    name="lessonry",
    help="Search and recommendation for what organisations have already learned.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lessonry {settings.VERSION}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Where everything is kept (or LESSONRY_HOME). Default: your data folder.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Search and recommendation for what organisations have already learned."""
    context.obj = Session(home)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(UNUSABLE)


for module in (
    cli_documents, cli_search, cli_sources, cli_duplicates, cli_lessons, cli_review, cli_care, cli_models,
    cli_check, cli_assistants, cli_people,
):  # fmt: skip
    module.register(app)


def main() -> None:
    """The entry point of `lessonry`."""
    logging.basicConfig(format="lessonry: %(message)s", level=logging.ERROR)
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "lessonry"
        _stop(f"{getattr(error, 'format_message', error.__str__)()} (see {command} --help)", UNUSABLE)
    except NotFound as error:
        _stop(str(error), PARTLY)
    except LessonryError as error:
        _stop(str(error), UNUSABLE)
    except UnicodeEncodeError:  # half characters, which only an argument in another encoding can bring this far
        _stop("an argument is not UTF-8 text; write it in UTF-8", UNUSABLE)
    except BrokenPipeError:  # e.g. `lessonry list | head`
        sys.stderr.close()
        sys.exit(PARTLY)
    if code == INTERRUPTED:  # typer's answer to Ctrl-C
        _stop("stopped; what was done is kept, run the same command again to finish", INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(line: str, code: int) -> NoReturn:
    sys.stderr.write(f"lessonry: {' '.join(line.split())}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
