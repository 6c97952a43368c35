"""What hosts ask of us in their robots.txt (RFC 9309), read once an hour."""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from corpus.errors import FetchError, Refused, Unreachable

_KEPT = 3600.0
_RETRY = 60.0
_HOSTS = 1000

_Known = tuple[float, Protego | FetchError]
"""(good until, the rules or why nothing is fetched from this host)."""


class Robots:
    """The rules of each host for one agent; safe for many threads.

    `read` gives the bytes of a robots.txt, none where there are no rules, and raises Refused or Unreachable where
    nothing may be fetched.
    """

    def __init__(self, agent: str, read: Callable[[str], bytes]) -> None:
        self._agent = agent.split("/")[0]
        self._read = read
        self._known: dict[str, _Known] = {}
        self._reading: set[str] = set()
        self._changed = threading.Condition()

    def check(self, url: str) -> None:
        """Refused if robots.txt asks us not to fetch the address, or if it cannot be read."""
        rules = self._rules(_site(url))
        if isinstance(rules, Unreachable):
            raise Unreachable(url, rules.reason, rules.retry_after)
        if isinstance(rules, FetchError):
            raise Refused(url, rules.reason)
        if not rules.can_fetch(url, self._agent):
            raise Refused(url, "robots.txt asks us not to")

    def pause(self, url: str) -> float | None:
        """The seconds between requests that a host asks of us, if it does and we have read that."""
        rules = self._known.get(_site(url), (0.0, None))[1]
        if rules is None or isinstance(rules, FetchError):
            return None
        delay = rules.crawl_delay(self._agent)
        return None if delay is None else float(delay)

    def _rules(self, site: str) -> Protego | FetchError:
        """What is known of a site; one thread asks, others wait for what it finds."""
        with self._changed:
            while site in self._reading:
                self._changed.wait()
            until, rules = self._known.get(site, (0.0, None))
            if rules is not None and time.monotonic() < until:
                return rules
            self._reading.add(site)
        found = None
        try:
            found = self._asked(site)
        finally:
            with self._changed:
                self._reading.discard(site)
                if found:
                    self._keep(site, found)
                self._changed.notify_all()
        return found[1]

    def _asked(self, site: str) -> _Known:
        try:
            rules = Protego.parse(self._read(f"{site}/robots.txt").decode("utf-8", "replace"))
        except (Refused, Unreachable) as error:
            return time.monotonic() + _RETRY, error
        return time.monotonic() + _KEPT, rules

    def _keep(self, site: str, found: _Known) -> None:
        self._known.pop(site, None)
        self._known[site] = found
        if len(self._known) > _HOSTS:
            del self._known[next(iter(self._known))]


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
