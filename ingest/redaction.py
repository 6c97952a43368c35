"""What is masked of a document before anything of it is stored or encoded, as the setting `redact` says."""

import re
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from itertools import islice

import phonenumbers

from ingest import secrets
from ingest.blame import blamed
from ingest.people import Mask
from ingest.types import PEOPLE, Page, Redacted

_MOST_BLAMED = 100
_CALLED = re.compile(
    r"(?i:\b(?:tele)?phone|\btel|\bmobile|\bcell|\bfax|\bdial)\b[^\d\n+(]{0,15}(\(?\d[\d ()./-]{5,18}\d)"
)
"""A number without its country, told by the word before it."""
_IP = re.compile(
    r"(?<![\w.:-])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w)"
    r"|(?=[0-9A-Fa-f:]{0,30}\d)(?:[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{1,4}:|:){1,6}[0-9A-Fa-f]{0,4}(?![\w:]))"
)
_SINGLE_DIGITS = re.compile(r"\d(?:\.\d){3}")
_VERSION = re.compile(r"(?i:\bversion|\brelease|\bbuild|\bfirmware|\bupgraded? to)[ \t]$")


class Redaction:
    """Masks the texts of one document, and counts what it masked. `people` are those who are to have no name."""

    def __init__(self, what: Iterable[Redacted], people: Iterable[str] = ()) -> None:
        self._what = frozenset(what)
        self._people = Mask(people if "people" in self._what else ())
        self._counts: Counter[Redacted] = Counter()

    @classmethod
    def of(cls, page: Page, what: Iterable[Redacted]) -> "Redaction":
        """For the texts of a page: the people it names itself, and those it blames."""
        return cls(what, (*page.people, *islice(dict.fromkeys(blamed(page.text)), _MOST_BLAMED)))

    @property
    def counts(self) -> dict[Redacted, int]:
        """How often something was masked, by its kind; only kinds that occurred."""
        return dict(self._counts + self._people.counts)

    def __call__(self, text: str) -> str:
        """The text without what is to be masked."""
        if "secrets" in self._what:
            text, hidden = secrets.hide(text)
            self._counts["secrets"] += hidden
        if "ips" in self._what:
            text = self._without_ips(text)
        if "phones" in self._what:
            text = self._without_phones(text)
        return self._people(text) if self._what & PEOPLE else text

    def _without_ips(self, text: str) -> str:
        def instead(found: re.Match[str]) -> str:
            if not _is_somewhere(found[0]) or _VERSION.search(text, max(0, found.start() - 20), found.start()):
                return found[0]
            self._counts["ips"] += 1
            return "[IP address]"

        return _IP.sub(instead, text)

    def _without_phones(self, text: str) -> str:
        def instead(found: re.Match[str]) -> str:
            self._counts["phones"] += 1
            start, end = (one - found.start() for one in found.span(1))
            return f"{found[0][:start]}[phone]{found[0][end:]}"

        text = _CALLED.sub(instead, text)
        pieces: list[str] = []
        done = 0
        for found in phonenumbers.PhoneNumberMatcher(text, None) if "+" in text else ():
            pieces += (text[done : found.start], "[phone]")
            done = found.end
            self._counts["phones"] += 1
        return "".join([*pieces, text[done:]])


def _is_somewhere(text: str) -> bool:
    """Whether this is an address that tells where: `127.0.0.1` does not, and `4.1.2.3` is a section's number."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    nowhere = address.is_loopback or address.is_unspecified or text.startswith("255.")
    return not (nowhere or _SINGLE_DIGITS.fullmatch(text))
