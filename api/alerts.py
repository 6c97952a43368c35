"""What an alert says, as Alertmanager or PagerDuty send it. Pure; told by its shape, whatever strangers send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import BadQuery

_MOST_ALERTS = 50
_LONGEST = 2_000
_TELLING = ("summary", "description", "message")
"""Annotations that say what is the matter."""
_TRIGGERS = ("incident.triggered", "incident.reopened", "incident.escalated")


@dataclass(frozen=True, slots=True)
class Alert:
    """A group of alerts that fire: its title, what it says, and what tells it from others. Nothing fires: no keys."""

    title: str
    text: str
    keys: tuple[str, ...]


def read_alert(sent: Mapping[str, Any]) -> Alert:
    """The alert of a webhook's body; BadQuery if it has neither shape."""
    if isinstance(sent.get("alerts"), list) and sent.get("version") == "4":
        return _of_alertmanager(sent)
    event = _mapping(sent.get("event"))
    if isinstance(event.get("event_type"), str):
        return _of_pagerduty(event)
    raise BadQuery("this is neither a webhook of Alertmanager (version 4) nor an event of PagerDuty (v3)")


def _of_alertmanager(sent: Mapping[str, Any]) -> Alert:
    every = [_mapping(one) for one in sent["alerts"][:_MOST_ALERTS]]
    firing = [one for one in every if one.get("status") == "firing"]
    labels = [_mapping(one.get("labels")) for one in firing]
    names = _distinct(_word(one.get("alertname")) for one in labels)
    said = _distinct(_word(_mapping(one.get("annotations")).get(name)) for one in firing for name in _TELLING)
    keys = (_word(one.get("fingerprint")) or repr(sorted(_mapping(one.get("labels")).items())) for one in firing)
    return Alert(", ".join(names), "\n\n".join(said), tuple(_distinct(keys)))


def _of_pagerduty(event: Mapping[str, Any]) -> Alert:
    data = _mapping(event.get("data"))
    fires = event["event_type"] in _TRIGGERS and data.get("type") == "incident"
    title = _word(data.get("title"))
    service = _word(_mapping(data.get("service")).get("summary"))
    body = _word(_mapping(data.get("body")).get("details"))
    key = _word(data.get("id")) or title
    return Alert(title, "\n\n".join(_distinct((service, body))), (key,) if fires and key else ())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
