"""Who is blamed in a text: names beside a job, a fault or an accident. A lesson is about systems, not people."""

import re
from collections.abc import Iterator

_PART = r"[A-Z](?:[a-zà-ÿ]+|['’][A-Z][a-zà-ÿ]+)(?:[’-][A-Z]?[a-zà-ÿ]+)*"
_NAME = rf"{_PART}(?: [A-Z]\.)?(?: {_PART}){{1,2}}"
_JOB = (
    r"(?:engineer|operator|administrator|(?:sys)?admin|developer|programmer|technician|intern|trainee|contractor"
    r"|employee|colleague|teammate|on-call|DBA|SRE)"
)
_FAULT = r"(?:mistake|error|fault|negligence|carelessness|blunder)"
_CONTEXTS = [
    re.compile(context)
    for context in (
        rf"\b(?i:{_JOB}),? (?:named |called )?(?P<name>{_NAME})\b",
        rf"\b(?P<name>{_NAME}), (?:a|an|our|one of our|the) (?:[a-z-]{{2,20}} ){{0,3}}{_JOB}\b",
        rf"\b(?:Mr|Mrs|Ms|Dr)\.? (?P<name>{_PART}(?: {_PART}){{0,2}})\b",
        rf"\b(?P<name>{_NAME})['’]s? (?:own )?{_FAULT}\b",
        rf"\b(?:(?i:blame[ds]?|blaming)|(?i:{_FAULT}) (?:of|by)|(?i:fault) lies with) (?P<name>{_NAME})\b",
        rf"\b(?P<name>{_NAME}) (?:had )?(?:forgot|mistyped|accidentally|mistakenly|inadvertently|carelessly|negligently"
        r"|was (?:blamed|fired|dismissed|disciplined|reprimanded|suspended))\b",
    )
]
_NO_PERSON = frozenset(
    """
    a an the this that our their its if when while after before in on at by for from with amazon google
    microsoft apple azure aws github gitlab facebook meta oracle apache red api app cloud computing compute
    services service systems system inc corp corporation company group team teams engineering operations
    support department office lab labs institute university center centre agency administration board
    committee commission bank airlines data database server network networks platform software security web
    site storage center north south east west united january february march april may june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday human pilot
    operator user admin root chief senior junior lead manager associate checklist staff principal
    """.split()
)


def blamed(text: str) -> Iterator[str]:
    """The names of those whom a text holds to account, in the order of the contexts, perhaps several times.

    >>> list(blamed("The intern Bob Ross dropped the table. It was Jane Doe's mistake."))
    ['Bob Ross', 'Jane Doe']
    """
    for context in _CONTEXTS:
        for found in context.finditer(text):
            if not _NO_PERSON.intersection(found["name"].lower().split()):
                yield found["name"]
