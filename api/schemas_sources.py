"""The JSON shapes of sources that are refreshed by themselves."""

from typing import Annotated

from pydantic import Field

from api.schemas import Shape, WebAddress
from corpus.collection_state import Visibility
from corpus.types import Kind

Every = Annotated[str, Field(max_length=20)]


class NewSource(Shape):
    """A page, feed, sitemap, list page or site to be refreshed: hourly, daily, weekly, or like 30m, 6h, 2d."""

    address: WebAddress
    every: Every = "daily"
    kind: Kind | None = None
    collection: Annotated[str, Field(max_length=60)] | None = None
    visibility: Visibility | None = None
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=60)]], Field(default_factory=list, max_length=20)
    ]


class SourceEdit(Shape):
    """What is to change; what is left out stays as it is."""

    every: Every | None = None
    paused: bool | None = None
