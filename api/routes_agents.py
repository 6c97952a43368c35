"""The Model Context Protocol over streamable HTTP: /mcp of the running server, for those who may read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from api.access import Who, needs
from api.agents import make_server
from api.wiring import Lessonry

router = APIRouter(include_in_schema=False)


class _Answer(Response):
    """The answer that the protocol's own handler gives to a request."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)


@router.post("/mcp", dependencies=[needs("read")])
async def mcp(request: Request, person: Who) -> Response:
    """One message and its answer; nothing is kept in between, so there are no sessions to open or to end."""
    return _Answer(request.app.state.agents[person.sees])


@asynccontextmanager
async def answering(app: FastAPI, lessonry: Lessonry) -> AsyncIterator[None]:
    """While this is entered, /mcp answers. Which hosts and sites may ask is the guard's business."""
    app.state.agents = {"members": _manager(lessonry), "public": _manager(lessonry.public)}
    async with app.state.agents["members"].run(), app.state.agents["public"].run():
        yield


def _manager(parts: Lessonry) -> StreamableHTTPSessionManager:
    server = make_server(lambda: parts)
    guarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(stateless_http=True, json_response=True, transport_security=guarded)
    return server.session_manager
