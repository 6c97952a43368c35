"""Commands for assistants and browsers beside the server: mcp, open."""

import threading

import typer

from api.session import Session
from api.wiring import Lessonry


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(mcp)


def mcp(context: typer.Context) -> None:
    """Serve the tools of the Model Context Protocol on standard input and output, for an assistant on this machine."""
    from api.agents import make_server

    session: Session = context.obj
    with session.open() as lessonry:
        alone = threading.Lock()

        def parts() -> Lessonry:
            with alone:  # the first call makes the parts; others wait for them
                lessonry.prepare()
            return lessonry

        make_server(parts).run("stdio")
