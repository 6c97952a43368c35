"""Versions as ETags: what a client saw, and whether that is still so."""

from typing import Annotated

from fastapi import Depends, Header, Response

_NO_VERSION = -1
"""A tag that is none of ours is outdated, whatever the present version."""


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def expected(if_match: Annotated[str | None, Header(max_length=200)] = None) -> int | None:
    """The version that a change is meant for; None if the client does not say."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip().removeprefix("W/").strip('"')
    return int(tag) if tag.isdecimal() and len(tag) < 16 else _NO_VERSION


def tagged(response: Response, version: int) -> None:
    """Say which version was answered."""
    response.headers["ETag"] = etag(version)


IfMatch = Annotated[int | None, Depends(expected)]
