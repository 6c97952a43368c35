"""All that a browser can reach: a proxy that keeps a list of everything asked, and serves sites out of memory."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    body: str | bytes
    type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


GONE = Answer("", status=0)
"""No answer at all: the connection breaks."""

Site = Callable[[Asked], Answer]


@dataclass
class Network:
    """`sites` by host (with its port, if it is not 80); what is of this machine is passed on to it; else nothing is there."""

    port: int
    sites: dict[str, Site] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def show(self, host: str, pages: dict[str, str]) -> None:
        """A site with these pages by path; every other path is the page of `/`, if there is one."""
        self.sites[host] = lambda asked: Answer(pages.get(asked.path) or pages.get("/", ""))

    def asked_of(self, host: str) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked if urlsplit(one.url).netloc == host]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        host = urlsplit(asked.url).netloc
        if host in self.sites:
            return self.sites[host](asked)
        return _passed_on(asked, host) if host.startswith("127.0.0.1:") else Answer("nothing is here", status=502)


def _passed_on(asked: Asked, host: str) -> Answer:
    parts = urlsplit(asked.url)
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(asked.method, f"{parts.path}?{parts.query}", asked.body or None, asked.headers)
        got = connection.getresponse()
        kept = {
            name: value
            for name, value in got.getheaders()
            if name.lower() not in ("content-length", "transfer-encoding", "content-type", "connection")
        }
        return Answer(got.read(), got.headers.get("content-type", HTML), got.status, kept)
    except OSError:
        return GONE
    finally:
        connection.close()


@contextmanager
def proxied() -> Iterator[Network]:
    """A network, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = network.answer(Asked(self.command, self.path, dict(self.headers), body))
            if answer is GONE:
                self.close_connection = True
                return
            content = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.type, **answer.headers}.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if answer.status != 304 else b"")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = _do

        def do_CONNECT(self) -> None:
            network.asked.append(Asked("CONNECT", f"https://{self.path}", {}, b""))
            self.send_error(502)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    network = Network(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
