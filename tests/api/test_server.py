"""The sockets that are served."""

import asyncio
import gc
import socket

from fastapi import FastAPI

from api.server import _listen, settled


def test_answers_leave_at_once() -> None:
    """Without TCP_NODELAY the second part of an answer waits for the client's delayed acknowledgement: 40 ms."""

    async def served() -> int:
        at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            at_once.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with _listen("127.0.0.1", 0) as listener:
            server = await asyncio.start_server(connected, sock=listener)
            async with server:
                _, writer = await asyncio.open_connection(*listener.getsockname())
                writer.close()
                return await asyncio.wait_for(at_once, 10)

    assert asyncio.run(served()) == 1


def test_what_a_server_begins_with_is_no_longer_searched_for_garbage() -> None:
    app = FastAPI()
    try:
        assert settled(app) is app
        assert gc.is_tracked(app)
        assert not any(one is app for one in gc.get_objects())  # what is frozen is not listed
    finally:
        gc.unfreeze()
    assert any(one is app for one in gc.get_objects())
