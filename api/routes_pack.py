"""GET /v1/pack: what a browser needs to match pages with lessons by itself (docs/pack.md)."""

import gzip
from typing import Any

from fastapi import APIRouter, Request, Response

from api.access import Who, needs
from api.packs import Packs
from api.problems import Problem

router = APIRouter(prefix="/v1")

_PATIENCE = 20.0
"""Seconds that a request waits for a pack that is being built."""


@router.get(
    "/pack",
    dependencies=[needs("read")],
    response_class=Response,
    responses={
        200: {"content": {"application/vnd.lessonry.pack": {}}},
        304: {"description": "The pack at hand is the one in force."},
        503: {"description": "The first pack is being built."},
    },
)
def get_pack(request: Request, person: Who) -> Any:
    """All lessons that may be seen as a pack, to match pages without sending them anywhere."""
    packs: Packs = request.app.state.packs[person.sees]
    etag = f'W/"{packs.key()}"'  # weak: it names the pack, compressed or not
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    path = packs.path(_PATIENCE)
    if path is None:
        return Problem(503, "the pack is being built: ask again in a minute", headers={"Retry-After": "30"})
    data, headers["ETag"] = path.read_bytes(), f'W/"{path.stem}"'
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        data = gzip.decompress(data)
    return Response(data, media_type="application/vnd.lessonry.pack", headers=headers)
