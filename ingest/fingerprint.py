"""What tells near-copies of a text: MinHash over its five-word sequences, cut into bands to look up. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from corpus.fingerprints import BAND_BYTES

FEWEST_WORDS = 40
"""A text of fewer words is too short to tell a copy from a phrase that everybody uses."""
_SEQUENCE = 5
_MOST_CHARACTERS = 1_000_000
"""What comes later in a text does not count; a million characters are a long book."""
_PERMUTATIONS, _ROWS, _SEED = 128, 2, 1
"""Texts that share a quarter of their sequences share a band of two rows 98 times of 100."""
_BATCH = 4096
"""Sequences that are hashed at once: two megabytes."""

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010\u2011](?:[ \t]*\n[ \t]*)?(?=[^\W\d_])")
_ADDRESS = re.compile(r"\]\([^()\s]*\)|https?://\S+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
"""A run of letters and digits; where none are written between words (Chinese, Japanese), a character."""


Fingerprint = tuple[bytes, ...]
"""Digests of the bands of a text's MinHash, the same on every machine; none if the text is too short to tell."""


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text."""
    found = words(text)
    if len(found) < FEWEST_WORDS:
        return ()
    signature = _signature(sequences(found))
    size = _ROWS * 4
    return tuple(_band(start // size, signature[start : start + size]) for start in range(0, len(signature), size))


def words(text: str) -> list[str]:
    """The words of a text in lower case, however it was set: addresses, marks and hyphens do not count.

    >>> words("The **fail-\\nover** of [db-2](https://x.org) at 10:07")
    ['the', 'failover', 'of', 'db', '2', 'at', '10', '07']
    """
    plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])
    return _WORD.findall(_ADDRESS.sub(" ", _HYPHEN.sub("", plain)).casefold())


def sequences(found: Sequence[str]) -> set[str]:
    """The five-word sequences of words; of fewer words, the one there is."""
    return {" ".join(found[start : start + _SEQUENCE]) for start in range(max(1, len(found) - _SEQUENCE + 1))}


def _signature(found: set[str]) -> bytes:
    from datasketch import MinHash  # half a second to load, so only when there is a text

    sketch = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, scheme="affine32")
    encoded = [sequence.encode() for sequence in found]
    for start in range(0, len(encoded), _BATCH):
        sketch.update_batch(encoded[start : start + _BATCH])
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def _band(place: int, rows: bytes) -> bytes:
    return hashlib.blake2b(place.to_bytes(2, "big") + rows, digest_size=BAND_BYTES).digest()
