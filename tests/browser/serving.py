"""A server on a free port of this machine, and the Chromium that is here."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, Playwright

from api.app import create_app
from api.wiring import Lessonry

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium of this machine, else the one that playwright installed."""
    made = playwright.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=QUIET
    )
    try:
        yield made
    finally:
        made.close()


@contextmanager
def served(lessonry: Lessonry) -> Iterator[str]:
    """The address of a server over a home, for as long as the block lasts."""
    server = uvicorn.Server(uvicorn.Config(create_app(lessonry), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
