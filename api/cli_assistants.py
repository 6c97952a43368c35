"""Commands for where the work happens: mcp, open."""

import threading
import webbrowser
from typing import Annotated
from urllib.parse import quote

import typer

from api import output
from api.session import PARTLY, Session
from api.wiring import Lessonry
from corpus.errors import NotFound


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(mcp)
    app.command("open")(open_page)


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


def open_page(
    context: typer.Context,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[ID|URL|QUERY]...", help="A stored document, or a search.")
    ] = None,
    print: Annotated[bool, typer.Option("--print", help="Print the address in the place of opening it.")] = False,
) -> None:
    """Open a page of the running server in the browser: the start, a document, or a search."""
    session: Session = context.obj
    with session.open() as lessonry:
        address = _page_for(lessonry, " ".join(what or ()))
    if print:
        output.out.print(address, markup=False)
    elif not webbrowser.open(address):
        output.note(f"no browser can be opened here; the address is {address}")
        raise typer.Exit(PARTLY)


def _page_for(lessonry: Lessonry, what: str) -> str:
    settings = lessonry.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    base = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    if not what.strip():
        return f"{base}/"
    try:
        return f"{base}/documents/{lessonry.corpus.documents.find(what.strip()).id}"
    except NotFound:
        return f"{base}/?q={quote(what.strip(), safe='')}"
