"""Names of persons and e-mail addresses -> "Person A", "Person B", [e-mail]: a lesson is about systems, not people.

A person is one text, with a line for each spelling of the name (`one_person`): full name, display name, login, e-mail.
The text is read once, word by word; the names are looked up, so that thousands of them cost no more than one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.name_words import (
    MOST_WORDS,
    NOBODY,
    ORDINARY,
    PIECE,
    Spelling,
    Word,
    has_blank,
    is_signs,
    label_key,
    spelling_of,
    squeezed,
    word_of,
    words_of,
)
from ingest.types import Redacted

_GAP = re.compile(r"(?:,?\.?[ \t\u00a0\u202f]{1,2}|[ \t]?\n[ \t]{0,8}|[-.'’])?")
_LONGEST = 100
_SIGNED = re.compile(
    r"(?:^|\n)[ \t]*(?:[-–—~]{1,3}[ \t]*|(?:by|from|author|owner|reported by|signed|thanks,?)[: ]\s*)?$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^[ \t>]{0,40}(?:(?:[-*+•]|\d{1,3}[.)])[ \t]{1,8})?[*_~`]{0,3}"
    r"(?P<name>[^\s*_~`][^\n]{0,99}?)[*_~`]{0,3}:(?=[\s*_~`]|$)",
    re.MULTILINE,
)
"""What may say who speaks: `hank: ...`, `- **Hank Hill**: ...`."""
_LEAST_ALONE = 4
_MAIL = "[e-mail]"


@dataclass(frozen=True, slots=True)
class _Name:
    """What a run of words stands for. `alone`: one part of somebody's name, to be taken with care."""

    person: str
    alone: bool = False
    login: bool = False


class Mask:
    """Masks the people of one document. Title and text given to one mask share their letters.

    Each of `people` is one person, in one spelling or in several, as `one_person` writes them. `counts` tells how
    many "people" and "emails" it has masked so far.
    """

    def __init__(self, people: Iterable[str]) -> None:
        self._names: dict[tuple[str, ...], _Name] = {}
        self._labels: dict[str, str] = {}
        self._longest = 1
        self._letters: dict[str, str] = {}
        self.counts: Counter[Redacted] = Counter()
        known = (tuple(part.strip() for part in person.split("\n")) for person in set(people))
        called = [[part for part in person if 1 < len(part) <= _LONGEST] for person in known]
        # Full names come first, so that a login can be known as that of a person already met.
        for spellings in sorted(called, key=lambda person: (not any(map(has_blank, person)), person)):
            self._learn([spelling_of(part) for part in spellings])

    def __call__(self, text: str) -> str:
        """The text with e-mail addresses as `[e-mail]` and persons as `Person A`, by the order in which they appear."""
        pieces: list[str] = []
        done = 0
        for start, end, instead in self._found(text):
            self.counts["emails" if instead == _MAIL else "people"] += 1
            pieces += (text[done:start], instead)
            done = end
        return "".join([*pieces, text[done:]])

    # --- who is known

    def _learn(self, spellings: Sequence[Spelling]) -> None:
        named = [spelling for spelling in spellings if spelling.words]
        if all(len(spelling.words) == 1 and spelling.words[0] in NOBODY for spelling in named):
            return
        full = [spelling for spelling in named if spelling.is_full]
        person = self._person(full or named)
        for spelling in full:
            self._label(spelling, person)
            self._learn_full(spelling.words, person)
        for spelling in named:
            if not spelling.is_full:
                self._learn_login(spelling, self._label(spelling, person))

    def _person(self, spellings: Sequence[Spelling]) -> str:
        """Who is called so: a person already met, or the first spelling for a new one."""
        for spelling in spellings:
            known = self._names.get(spelling.words if spelling.is_full else ("", squeezed(spelling.words)))
            if spelling.label in self._labels or known:
                return self._labels.get(spelling.label) or (known.person if known else "")
        return " ".join(spellings[0].words)

    def _label(self, spelling: Spelling, person: str) -> str:
        """Whom these very words stand for; where two are called the same, for neither."""
        taken = self._labels.get(spelling.label, person)
        self._labels[spelling.label] = person if taken == person else spelling.label
        return self._labels[spelling.label]

    def _learn_full(self, words: tuple[str, ...], person: str) -> None:
        self._note(words, _Name(person))
        first, last = words[0], words[-1]
        self._note((first, last), _Name(person))
        self._note((last, first), _Name(person))
        if not is_signs(words):
            for part in (first, last):
                shared = self._names.get((part,))
                own = person if shared is None or shared.person == person else part
                self._names[(part,)] = _Name(own, alone=True)
        for login in (first + last, last + first, first[0] + last, last + first[0], first + last[0], first, last):
            taken = self._names.get(("", login))
            self._names[("", login)] = _Name(person if taken is None or taken.person == person else login)

    def _learn_login(self, spelling: Spelling, person: str) -> None:
        """One word that somebody is called; it may be part of the full name too."""
        part = self._names.get(spelling.words)
        self._longest = max(self._longest, len(spelling.words))
        self._names[spelling.words] = _Name(
            person, alone=not spelling.is_login or (part is not None and part.alone), login=spelling.is_login
        )

    def _note(self, words: tuple[str, ...], name: _Name) -> None:
        self._longest = max(self._longest, len(words))
        self._names.setdefault(words, name)

    # --- where they are

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        done = 0
        for label in _LABEL.finditer(text):
            start, end = label.span("name")
            person = self._labelled(label["name"])
            if person:
                yield from self._between(text, done, start)
                yield start, end, f"Person {self._letter(person)}"
                done = end
        yield from self._between(text, done, len(text))

    def _labelled(self, label: str) -> str | None:
        """The person who speaks: somebody named at a line's start, before a colon, in whatever spelling."""
        words = tuple(word.key for word in words_of(label)) if len(label.split()) <= MOST_WORDS else ()
        name = self._names.get(words)
        return self._labels.get(label_key(label)) or (name.person if name else None)

    def _between(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        words: list[Word] = []
        for piece in PIECE.finditer(text, start, end):
            if piece.lastgroup == "word":
                words.append(word_of(piece))
                continue
            yield from self._persons(text, words)
            words = []
            if piece.lastgroup == "mail":
                yield piece.start(), piece.end(), _MAIL
        yield from self._persons(text, words)

    def _persons(self, text: str, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
        at = 0
        while at < len(words):
            length = self._longest_at(text, words, at)
            if length:
                start, end = words[at].start, words[at + length - 1].end
                name = self._names[tuple(word.key for word in words[at : at + length])]
                yield start - (text[start - 1 : start] == "@"), end, f"Person {self._letter(name.person)}"
            at += max(length, 1)

    def _longest_at(self, text: str, words: Sequence[Word], at: int) -> int:
        """How many words from here on are somebody's name; 0 if none."""
        most = 1
        while most < min(self._longest, len(words) - at):
            if not _GAP.fullmatch(text, words[at + most - 1].end, words[at + most].start):
                break
            most += 1
        for length in range(most, 0, -1):
            name = self._names.get(tuple(word.key for word in words[at : at + length]))
            if name and _is_meant(text, words[at : at + length], name):
                return length
        return 0

    def _letter(self, person: str) -> str:
        if person not in self._letters:
            self._letters[person] = _lettered(len(self._letters))
        return self._letters[person]


def one_person(*spellings: str) -> str:
    """The spellings of one person's name as the one text that stands for this person in `Page.people`.

    >>> one_person("Jane Doe", "jdoe", "")
    'Jane Doe\\njdoe'
    """
    lines = (" ".join(spelling.split()) for spelling in spellings)
    return "\n".join(dict.fromkeys(line for line in lines if line))


def mask(text: str, people: Iterable[str]) -> str:
    """The text without e-mail addresses and without the names of `people`.

    Full names, logins and mentions become "Person A", "Person B" ... A part of a name alone does too, if it has four
    letters and is no ordinary word or place; else only where a person is meant: `@Will`, `-- Will`, or `will: ...`
    at the start of a line, in any case of letters.

    >>> mask("Will Smith will restart it, said Priya (priya@example.com)", ["Will Smith", "Priya Rao"])
    'Person A will restart it, said Person B ([e-mail])'
    """
    return Mask(people)(text)


def _is_meant(text: str, words: Sequence[Word], name: _Name) -> bool:
    """True if the words are the person's name here, and not a word of the language or a part of an identifier."""
    start, end = words[0].start, words[-1].end
    if text[start - 1 : start] == "@" or re.match(r"@[\w-]", text[end : end + 2]):
        return True
    if re.match(r"[.]\w|::|\(\)", text[end : end + 2]) or re.search(
        r"[\w][./\\$:-]$|[$]$", text[max(0, start - 2) : start]
    ):
        return re.search(r"\s", text[start:end]) is not None
    if name.login and (len(words) > 1 or re.search(r"[\d_]", words[0].key)):
        return True
    is_name = not words[0].text[:1].islower()
    if not name.alone and not name.login:
        return is_name or not all(word.key in ORDINARY for word in words)
    if is_name and name.alone and _stands_alone(words):
        return True
    return (is_name or name.login) and _is_signature(text, start, end)


def _stands_alone(words: Sequence[Word]) -> bool:
    return all(len(word.key) >= _LEAST_ALONE and word.key not in ORDINARY and word.key not in NOBODY for word in words)


def _is_signature(text: str, start: int, end: int) -> bool:
    """`Name: ...` at the start of a line, or a name at its end with nothing but a dash or the like before it."""
    line_starts = _SIGNED.search(text, max(0, start - 40), start) is not None
    return line_starts and re.match(r"[ \t]*(?::(?!\S)|\r?\n|$)", text[end : end + 80]) is not None


def _lettered(number: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


__all__ = ["Mask", "mask", "one_person"]
