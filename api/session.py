"""What the commands of one call share: which home, how it is opened, how a call ends."""

import sys
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from api import settings
from api.wiring import Lessonry
from corpus.collection_state import VISIBILITIES, Visibility
from corpus.errors import BadQuery, SourceError
from corpus.types import KINDS, Filter, Kind, is_partial_date
from ingest.types import Form

PARTLY = 1
UNUSABLE = 2
INTERRUPTED = 130

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
KindOption = Annotated[list[str] | None, typer.Option("--kind", help="post-mortem, lesson or guidance.")]
OrganizationOption = Annotated[list[str] | None, typer.Option("--organization", help="Only of this organization.")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag.")]
TechnologyOption = Annotated[list[str] | None, typer.Option("--technology", help="Only about this technology.")]
CollectionOption = Annotated[str | None, typer.Option("--collection", help="Only of this collection.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help="YYYY[-MM[-DD]], inclusive.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="YYYY[-MM[-DD]], inclusive.")]


class Session:
    """Made once per call, before the command is known; opens the home only when a command needs it."""

    def __init__(self, home: Path | None) -> None:
        self._home = home

    def settings(self, **given: Any) -> settings.Settings:
        """The settings in force, with a command's own options on top."""
        return settings.load(home=self._home, **given)

    def open(self, **given: Any) -> Lessonry:
        """The parts of the home; close them, or use `with`."""
        return Lessonry(self.settings(**given))


def read_file(name: str) -> bytes:
    """The bytes of a file that a person named, - for standard input; SourceError if there are none to be had."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except FileNotFoundError as error:
        raise SourceError(name, "there is no such file") from error
    except OSError as error:
        raise SourceError(name, error.strerror or "it cannot be read") from error


def kind_of(text: str | None) -> Kind | None:
    """A kind as the option gives it; BadQuery names the three there are."""
    if text is None:
        return None
    for kind in KINDS:
        if text.lower() == kind:
            return kind
    raise BadQuery(f"--kind: {text!r} is none of {', '.join(KINDS)}")


def visibility_of(text: str | None) -> Visibility | None:
    """A visibility as the option gives it; BadQuery names the two there are."""
    if text is None:
        return None
    for visibility in VISIBILITIES:
        if text.lower() == visibility:
            return visibility
    raise BadQuery(f"--visibility: {text!r} is none of {', '.join(VISIBILITIES)}")


def form_of(text: str | None) -> Form | None:
    """What a person says an address is; BadQuery names what there is."""
    for form in get_args(Form):
        if text is not None and text.lower() == form:
            return cast(Form, form)
    if text is None:
        return None
    raise BadQuery(f"--as: {text!r} is none of {', '.join(get_args(Form))}")


def filter_of(
    kind: list[str] | None,
    organization: list[str] | None,
    tag: list[str] | None,
    technology: list[str] | None,
    collection: str | None,
    since: str | None,
    until: str | None,
) -> Filter:
    """The filter options as a Filter; BadQuery names the one that is wrong."""
    for name, date in (("--since", since), ("--until", until)):
        if date is not None and not is_partial_date(date):
            raise BadQuery(f"{name}: {date!r} is no date; give YYYY, YYYY-MM or YYYY-MM-DD")
    return Filter(
        kind=tuple(str(kind_of(one)) for one in kind or ()),
        organization=tuple(organization or ()),
        tag=tuple(tag or ()),
        technology=tuple(technology or ()),
        collection=collection,
        since=since,
        until=until,
    )
