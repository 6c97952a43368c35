"""Undoes the content encoding of an answer in pieces of bounded size, however much is packed into it."""

import zlib
from collections.abc import Callable, Iterator

import brotli  # type: ignore[import-untyped]

from corpus.errors import Unreachable

ACCEPTED = "gzip, br"
_GZIP = b"\x1f\x8b"
_BLOCK = 65_536
"""How much is unpacked at a time. brotli finishes the block in which it reaches this: half as much again at most."""


class Decoder:
    """The body of one answer; Unreachable for an encoding that was not asked for, or that cannot be undone."""

    def __init__(self, url: str, encoding: str) -> None:
        self._url = url
        name = encoding.strip().lower() or "identity"
        if name not in _STEPS:  # also several encodings on top of each other
            raise Unreachable(url, f"the answer is compressed as {name[:40]!r}, which was not asked for")
        self._step, self._is_whole = _STEPS[name]()

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        """What these further bytes unpack to. A caller that has enough just stops."""
        try:
            piece = self._step(raw)
            while piece:
                yield piece
                piece = self._step(b"")
        except (zlib.error, brotli.error) as error:
            raise Unreachable(self._url, "the answer is damaged (its compression cannot be undone)") from error

    def end(self) -> None:
        """Unreachable if the packed answer was cut off."""
        if not self._is_whole():
            raise Unreachable(self._url, "the answer was cut off")


_Steps = tuple[Callable[[bytes], bytes], Callable[[], bool]]
"""Gives some of what the bytes, and those before, unpack to (nothing if there is no more); is it all there?"""


def _plain() -> _Steps:
    return lambda raw: raw, lambda: True


class _Zip:
    """gzip, of one member or several one after the other, or deflate: zlib tells them apart by itself."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def step(self, raw: bytes) -> bytes:
        piece = self._unpack.decompress(self._unpack.unconsumed_tail + raw, _BLOCK)
        while not piece and self._unpack.eof and len(rest := self._unpack.unused_data) > 1:
            if not rest.startswith(_GZIP):
                raise zlib.error("something else follows the end")
            self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
            piece = self._unpack.decompress(rest, _BLOCK)
        return piece

    def is_whole(self) -> bool:
        return self._unpack.eof


def _zip() -> _Steps:
    unpack = _Zip()
    return unpack.step, unpack.is_whole


def _brotli() -> _Steps:
    unpack = brotli.Decompressor()
    return lambda raw: unpack.process(raw, output_buffer_limit=_BLOCK), unpack.is_finished


_STEPS = {"identity": _plain, "gzip": _zip, "x-gzip": _zip, "deflate": _zip, "br": _brotli}
