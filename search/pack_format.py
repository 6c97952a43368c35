"""The bytes of a pack: a magic word, a version, a manifest, and named sections, each part with its digest.

magic (8) | version (4) | length of the manifest (4) | SHA-256 of the manifest (32) | manifest | sections
Numbers are little-endian. The manifest is JSON and tells where each section stands, and the digest of them all.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from corpus.errors import PackUnusable

MAGIC, VERSION = b"LESSONRY", 3
_HEAD = struct.Struct("<8sII32s")
_ALIGNED = 8

Section = np.ndarray[Any, Any] | list[Any]
"""An array of numbers, or a list that is kept as deflated JSON."""


def write(told: Mapping[str, Any], sections: Mapping[str, Section]) -> bytes:
    """What is told of the pack, and its sections, as bytes."""
    body, places = b"", {}
    for name, section in sections.items():
        if isinstance(section, list):
            held, kind = zlib.compress(json.dumps(section, ensure_ascii=False, separators=(",", ":")).encode()), "json"
        else:
            held, kind = section.tobytes(), section.dtype.newbyteorder("<").str.lstrip("<|")
        places[name] = {"type": kind, "offset": len(body), "length": len(held)}
        body += held + bytes(-len(held) % _ALIGNED)
    manifest = {**told, "sections": places, "sha256": hashlib.sha256(body).hexdigest()}
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
    text += b" " * (-(_HEAD.size + len(text)) % _ALIGNED)
    return _HEAD.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest()) + text + body


def read(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is told of the pack, its sections); PackUnusable says what is wrong."""
    if len(data) < _HEAD.size or data[: len(MAGIC)] != MAGIC:
        raise PackUnusable("this is no pack")
    _, version, length, digest = _HEAD.unpack_from(data)
    if version != VERSION:
        raise PackUnusable(f"this pack is of version {version}, and version {VERSION} is understood")
    text, body = data[_HEAD.size : _HEAD.size + length], data[_HEAD.size + length :]
    if hashlib.sha256(text).digest() != digest:
        raise PackUnusable("this pack is damaged")
    told = json.loads(text)
    if hashlib.sha256(body).hexdigest() != told["sha256"]:
        raise PackUnusable("this pack is damaged")
    return told, {name: _section(body, **place) for name, place in told["sections"].items()}


def _section(body: bytes, type: str, offset: int, length: int) -> Any:
    held = body[offset : offset + length]
    return json.loads(zlib.decompress(held)) if type == "json" else np.frombuffer(held, dtype=f"<{type}")
