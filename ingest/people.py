"""Names of persons and e-mail addresses -> "Person A", "Person B", [e-mail]: a lesson is about systems, not people.

The text is read once, word by word; the names are looked up, so that thousands of them cost no more than one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.name_words import NOBODY, ORDINARY

_LETTER = r"(?:\w|[\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff])"
_SIGN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Scripts without blanks between words: every sign is a word."""
_PIECE = re.compile(
    r"(?P<host>\b[a-zA-Z][a-zA-Z0-9+.-]{1,15}://(?:[^\s/?#@<>()\[\]\"']++(?!@))?)"
    r"|(?P<mail>\w[\w.+%~&'-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}"
    r"\.(?!(?:service|socket|timer|target|mount|png|jpe?g|gif|svg)\b)[^\W\d_]{2,24}(?![\w@]))"
    rf"|(?P<word>{_SIGN}|(?:(?!{_SIGN}){_LETTER})+)"
)
_GAP = re.compile(r"(?:,?\.?[ \t\u00a0\u202f]{1,2}|[ \t]?\n[ \t]{0,8}|[-.'’])?")
_CLOSING = re.compile(r"\s*[(\[{][^()\[\]{}]{0,60}[)\]}]\s*$")
_LONGEST, _MOST_WORDS = 100, 6
_SIGNED = re.compile(
    r"(?:^|\n)[ \t]*(?:[-–—~]{1,3}[ \t]*|(?:by|from|author|owner|reported by|signed|thanks,?)[: ]\s*)?$", re.IGNORECASE
)

_LEAST_ALONE = 4


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class _Name:
    """What a run of words stands for. `alone`: one part of somebody's name, to be taken with care."""

    person: str
    alone: bool = False
    login: bool = False


class Mask:
    """Masks the people of one document. Title and text given to one mask share their letters."""

    def __init__(self, people: Iterable[str]) -> None:
        self._names: dict[tuple[str, ...], _Name] = {}
        self._longest = 1
        self._letters: dict[str, str] = {}
        known = {name for name in people if 1 < len(name) <= _LONGEST}
        for name in sorted(known, key=lambda name: (not re.search(r"\s", name.strip()), name)):
            self._learn(name)

    def __call__(self, text: str) -> str:
        """The text with e-mail addresses as `[e-mail]` and persons as `Person A`, by the order in which they appear."""
        pieces: list[str] = []
        done = 0
        for start, end, instead in self._found(text):
            pieces += (text[done:start], instead)
            done = end
        return "".join([*pieces, text[done:]])

    # --- who is known

    def _learn(self, name: str) -> None:
        """Full names come first, so that a login can be known as that of a person already met."""
        bare = (
            name.strip().split("@")[0] if re.fullmatch(r"[^\s@]+@[^\s@]+", name.strip()) else name.strip().lstrip("@")
        )
        while _CLOSING.search(bare):
            bare = _CLOSING.sub("", bare)
        if "," in bare:  # "Doe, Jane"
            bare = " ".join(reversed(bare.split(",", 1)))
        words = tuple(word.key for word in _words(bare))[:_MOST_WORDS]
        if not words or len("".join(words)) < 2 or "".join(words).isdigit() or (words[0] in NOBODY and len(words) == 1):
            return
        if re.search(r"\s", bare.strip()) or _is_signs(words):
            self._learn_full(words)
        else:
            known = self._names.get(("", _squeezed(words)))
            person = known.person if known else " ".join(words)
            looks = bare.islower() or re.search(r"[\d_.-]|[a-z][A-Z]", bare) is not None
            self._note(words, _Name(person, alone=not looks, login=looks))

    def _learn_full(self, words: tuple[str, ...]) -> None:
        person = " ".join(words)
        self._note(words, _Name(person))
        first, last = words[0], words[-1]
        self._note((first, last), _Name(person))
        self._note((last, first), _Name(person))
        if not _is_signs(words):
            for part in (first, last):
                shared = self._names.get((part,))
                self._names[(part,)] = _Name(person if shared is None else part, alone=True)
        for login in (first + last, last + first, first[0] + last, last + first[0], first + last[0], first, last):
            taken = self._names.get(("", login))
            self._names[("", login)] = _Name(person if taken is None or taken.person == person else login)

    def _note(self, words: tuple[str, ...], name: _Name) -> None:
        self._longest = max(self._longest, len(words))
        self._names.setdefault(words, name)

    # --- where they are

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        words: list[_Word] = []
        for piece in _PIECE.finditer(text):
            if piece.lastgroup == "word":
                words.append(_Word(piece.start(), piece.end(), piece[0], _folded(piece[0])))
                continue
            yield from self._persons(text, words)
            words = []
            if piece.lastgroup == "mail":
                yield piece.start(), piece.end(), "[e-mail]"
        yield from self._persons(text, words)

    def _persons(self, text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int, str]]:
        at = 0
        while at < len(words):
            length = self._longest_at(text, words, at)
            if length:
                start, end = words[at].start, words[at + length - 1].end
                name = self._names[tuple(word.key for word in words[at : at + length])]
                yield start - (text[start - 1 : start] == "@"), end, f"Person {self._letter(name.person)}"
            at += max(length, 1)

    def _longest_at(self, text: str, words: Sequence[_Word], at: int) -> int:
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


def mask(text: str, people: Iterable[str]) -> str:
    """The text without e-mail addresses and without the names of `people`.

    Full names, logins and mentions become "Person A", "Person B" ... A part of a name alone does too, if it has four
    letters and is no ordinary word or place; else only where a person is meant: `@Will`, `Will: ...`, `-- Will`.

    >>> mask("Will Smith will restart it, said Priya (priya@example.com)", ["Will Smith", "Priya Rao"])
    'Person A will restart it, said Person B ([e-mail])'
    """
    return Mask(people)(text)


def _words(text: str) -> list[_Word]:
    return [_Word(m.start(), m.end(), m[0], _folded(m[0])) for m in _PIECE.finditer(text) if m.lastgroup == "word"]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _squeezed(words: Sequence[str]) -> str:
    """A login without marks and the numbers behind it: `jane.doe2` -> `janedoe`."""
    return re.sub(r"[\d_]+$", "", "".join(words)).replace("_", "")


def _is_signs(words: Sequence[str]) -> bool:
    return len(words) > 1 and all(re.fullmatch(_SIGN, word) for word in words)


def _is_meant(text: str, words: Sequence[_Word], name: _Name) -> bool:
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
    if is_name and not name.login and _stands_alone(words):
        return True
    return (is_name or name.login) and _is_signature(text, start, end)


def _stands_alone(words: Sequence[_Word]) -> bool:
    return all(len(word.key) >= _LEAST_ALONE and word.key not in ORDINARY for word in words)


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


__all__ = ["Mask", "mask"]
