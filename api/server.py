"""The HTTP server: uvicorn over the app of one home."""

import errno
import gc
import math
import signal
import socket
from collections.abc import Callable
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api import logs
from api.app import create_app
from api.identity import is_loopback
from api.output import note
from api.settings import Settings, SettingsError, count_together
from api.wiring import Lessonry

_LONGEST_REQUEST_LINE = 256 * 1024
"""So that a query of 100,000 characters gets an answer that says what is wrong with it."""


def shown_to_strangers(lessonry: Lessonry) -> str:
    """One line on how much of the home anyone may read."""
    mine, theirs = lessonry.corpus, lessonry.public.corpus
    documents = f"{theirs.documents.count():,} of {mine.documents.count():,} documents"
    collections = f"{len(theirs.collections.all()):,} of {len(mine.collections.all()):,} collections"
    return f"anyone may read {documents} and {collections}; the others are for members"


def run(lessonry: Lessonry, again: Callable[[], Settings]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first. SettingsError if the port is taken.

    Several workers are processes of their own over one listener. One that dies is replaced; upon SIGHUP each is, one
    after the other, with the settings read `again`, and there is always one that answers.
    """
    settings = lessonry.settings
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    note(f"Lessonry serves {settings.home} on http://{name}:{port}  (stop with Ctrl-C)")
    if not is_loopback(settings.host) and not settings.proxy_header and not lessonry.corpus.accounts.closed():
        note(f"{settings.host} is not a loopback address: nobody may write before a token is made (lessonry token)")
    if settings.public_read:
        note(shown_to_strangers(lessonry))
    logs.to_stderr(settings.log_format)
    with listener:
        if settings.workers > 1:
            _many(settings, again, listener)
        else:
            signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when all is answered
            uvicorn.Server(_config(settled(create_app(lessonry)))).run(sockets=[listener])


def _many(settings: Settings, again: Callable[[], Settings], listener: socket.socket) -> None:
    with TemporaryDirectory() as folder:
        count_together(folder)
        config = _config(partial(_one_of_many, again), factory=True, workers=settings.workers)
        Multiprocess(config, sockets=[listener]).run()


def _one_of_many(again: Callable[[], Settings]) -> FastAPI:
    """The app of one of several processes, which closes the home at its end. They share what is taken on at once."""
    settings = again()
    logs.to_stderr(settings.log_format)
    most = math.ceil(settings.max_requests / settings.workers)
    return settled(create_app(Lessonry(settings.model_copy(update={"max_requests": most})), one_of_many=True))


def settled(app: FastAPI) -> FastAPI:
    """The app. What is in memory by now stays there: to go through it in search of garbage takes 60 ms each time."""
    gc.collect()
    gc.freeze()
    return app


def _config(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        **more,
        log_config=None,  # as all others log
        access_log=False,  # it would log what people search for
        server_header=False,
        proxy_headers=False,  # the guard looks at them
        h11_max_incomplete_event_size=_LONGEST_REQUEST_LINE,
        timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=30,  # a worker that has begun to serve; the machine may be busy
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # told TCP, asyncio turns Nagle's delay off
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is in use; choose another with --port (make run: PORT=)") from error
        raise SettingsError(f"cannot serve on {host} port {port}: {error.strerror}") from error
    listener.listen(128)
    return listener
