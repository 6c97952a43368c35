"""A web site on loopback whose pages a test writes, and whose log proves what was asked of it."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Request:
    """One request as the server saw it: `began` and `ended` in seconds of one clock, `sent` bytes of the body."""

    path: str
    status: int
    sent: int
    began: float
    ended: float
    agent: str


@dataclass
class Answer:
    """What a path answers."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True
    seconds: float = 0.0


class Site:
    """Serves `pages`, path by path; all else answers 404. `with Site() as site: site.url("/a")`."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Answer | Callable[[], Answer]] = {}
        self.log: list[Request] = []
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self.root = f"http://{host}:{self._server.server_address[1]}"

    def url(self, path: str) -> str:
        return self.root + path

    def put(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", **more: object) -> None:
        body = body.encode() if isinstance(body, str) else body
        self.pages[path] = Answer(body=body, kind=kind, **more)  # type: ignore[arg-type]

    def redirect(self, path: str, target: str, status: int = 301) -> None:
        self.pages[path] = Answer(status=status, headers={"Location": target})

    def asked(self, prefix: str = "/") -> list[str]:
        """The paths that were asked for, in order, robots.txt left out."""
        return [one.path for one in self.log if one.path.startswith(prefix) and one.path != "/robots.txt"]

    def sent(self) -> int:
        """Bytes of all bodies."""
        return sum(one.sent for one in self.log)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                began = time.monotonic()
                page = site.pages.get(self.path, Answer(status=404, body=b"not here"))
                answer = page() if callable(page) else page
                time.sleep(answer.seconds)
                etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"' if answer.etag else None
                status, body = answer.status, answer.body
                if etag and status == 200 and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if etag and status in (200, 304):
                    self.send_header("ETag", etag)
                if status != 304:
                    self.send_header("Content-Type", answer.kind)
                    self.send_header("Content-Length", str(len(body)))
                agent = self.headers.get("User-Agent", "")
                site.log.append(Request(self.path, status, len(body), began, time.monotonic(), agent))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """A real server over an app; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
