"""The sockets that are served."""

import asyncio
import socket

from api.server import _listen


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
