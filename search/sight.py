"""An encoder that is asked once for texts that begin alike: what lies beyond its limit does not change their vector."""

from collections.abc import Sequence
from functools import lru_cache

from search.types import Encoder, Vectors

_CUTS = (1_500, 3_000)
"""Characters, of which one probably holds all that an encoder reads."""
_SPARE = 8
"""Word pieces by which it must do so: the last ones of a cut text may be others."""
_KEPT = 32


class Sighted:
    """The encoder itself but for `encode_query`, which remembers its last vectors. Safe from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._query = lru_cache(maxsize=_KEPT)(encoder.encode_query)

    @property
    def id(self) -> str:
        """See Encoder."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._encoder.dimension

    @property
    def limit(self) -> int:
        """See Encoder."""
        return self._encoder.limit

    def measure(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return self._encoder.measure(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encoder.encode(texts)

    def encode_query(self, text: str) -> Vectors:
        """See Encoder."""
        for cut in _CUTS:
            if len(text) > cut and self._encoder.measure([text[:cut]])[0] > self._encoder.limit + _SPARE:
                return self._query(text[:cut])
        return self._query(text)
