"""What names are made of, as tools write them; and words that are also names: masking must not destroy prose."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_LETTER = r"(?:\w|[\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff])"
_SIGN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Scripts without blanks between words: every sign is a word."""
PIECE = re.compile(
    r"(?P<host>\b[a-zA-Z][a-zA-Z0-9+.-]{1,15}://(?:[^\s/?#@<>()\[\]\"']++(?!@))?)"
    r"|(?P<mail>\w[\w.+%~&'-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}"
    r"\.(?!(?:service|socket|timer|target|mount|png|jpe?g|gif|svg)\b)[^\W\d_]{2,24}(?![\w@]))"
    rf"|(?P<word>{_SIGN}|(?:(?!{_SIGN}){_LETTER})+)"
)
_CLOSING = re.compile(r"\s*[(\[{][^()\[\]{}]{0,60}[)\]}]\s*$")
MOST_WORDS = 6
_ROLE = re.compile(r"\s+[|/–—•-]\s+")
"""What follows in `Jane Doe | SRE` is no part of the name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, as it is written, and as it is compared."""

    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """One of the ways in which a person is named: word for word, and its words (none for what is no name)."""

    label: str
    words: tuple[str, ...]
    is_full: bool
    is_login: bool


def spelling_of(name: str) -> Spelling:
    """A name as a tool writes it, without what tools put around it."""
    bare = name.split("@")[0] if re.fullmatch(r"[^\s@]+@[^\s@]+", name) else name.lstrip("@")
    bare = _ROLE.split(bare)[0]
    while _CLOSING.search(bare):
        bare = _CLOSING.sub("", bare)
    if "," in bare:  # "Doe, Jane"
        bare = " ".join(reversed(bare.split(",", 1)))
    words = tuple(word.key for word in words_of(bare))[:MOST_WORDS]
    looks = bare.islower() or re.search(r"[\d_.-]|[a-z][A-Z]", bare) is not None
    if len("".join(words)) < 2 or "".join(words).isdigit():
        words = ()
    return Spelling(label_key(name), words, is_full=has_blank(bare.strip()) or is_signs(words), is_login=looks)


def label_key(text: str) -> str:
    """A name word for word, so that two ways to set it in type are one."""
    return folded(text).strip(" \t*_~`@")


def has_blank(text: str) -> bool:
    """True for several words: a full name, no login."""
    return re.search(r"\s", text) is not None


def words_of(text: str) -> list[Word]:
    """The words of a text, without those of addresses."""
    return [word_of(piece) for piece in PIECE.finditer(text) if piece.lastgroup == "word"]


def word_of(piece: re.Match[str]) -> Word:
    """A word, without the `_` around it that sets it in italics."""
    start = piece.start() + len(piece[0]) - len(piece[0].lstrip("_"))
    text = piece[0].strip("_")
    return Word(start, start + len(text), text, folded(text))


def folded(text: str) -> str:
    """The text with all its spellings in Unicode, and its cases, as one."""
    return unicodedata.normalize("NFKC", text).casefold()


def squeezed(words: Sequence[str]) -> str:
    """A login without marks and the numbers behind it: `jane.doe2` -> `janedoe`."""
    return re.sub(r"[\d_]+$", "", "".join(words)).replace("_", "")


def is_signs(words: Sequence[str]) -> bool:
    """True for a name in a script that has no blanks between words."""
    return len(words) > 1 and all(re.fullmatch(_SIGN, word) for word in words)


# --- words

NOBODY = frozenset(
    "admin administrator all anonymous automation bot bots channel ci deactivated deleted deploy deployer devops "
    "everyone former ghost github gitlab guest here jenkins jira nobody none null oncall operator ops pagerduty "
    "root service slack slackbot somebody sre staff support system team test unassigned unknown unlicensed user".split()
)
"""Logins and display names that are nobody's."""

ORDINARY = frozenset(
    "ace ada adelaide alexa alexandria alpha amber angel apollo april archer argo art ash aspen athena atlas august "
    "aurora austin autumn baker banks bar bay bear bell berlin berry best bill bird bishop black blaze blue bond "
    "booker boston bow brook brooklyn brooks brown buck bush butler butter carolina carpenter carter case cash "
    "cassandra chance chandler charity charlotte chase chelsea cherry chester china christian christmas chuck "
    "church clay clear cleveland cliff coal cole constance cook cooper coral cotton crane cross crystal dale dallas "
    "dash dawn day days dean dell delta denver destiny devon diamond dick dive dot douglas drake drew dublin duke "
    "durham dusty earl early echo eden elixir ember english eve everest faith fall farmer fast fern field fields "
    "fish fisher flash fleet flint florence flow flowers flux ford forest forge fox france frank free freeman "
    "french frost gage gale game gardener gay gene general genesis geneva gentle georgia ginger glass glen good "
    "grace grant gray green grey guy hale hamilton hand happy hardy harmony harper harvest haven hawk hazel heath "
    "heather helm henna herb hill holly holmes honor hope houston hudson hunt hunter india indiana ireland iris "
    "israel italy ivy jack jackson jade jasmine jay jersey jet jewel job jobs jordan joy joyce judge julia julian "
    "july june junior justice kafka keen kent key keys king kingston kit knight lake lance land lane lark law lead "
    "leaf lee liberty light lily lincoln link little lock london long lord lorraine lourdes love low lucky luna "
    "madison major manchester marine mark marks marsh marshall mason master max may mayor melbourne melody mercy "
    "merit merry milan miles mill miller minor misty montana moon moore moss mountain myth nelson new nice noble "
    "north nova oak ocean odessa olive oliver opal oracle orlando oxford page paige paris park parker parks part "
    "pascal pat patch patience pearl penny pepper perl perry perth petra phoenix pierce pike pine piper pitt pole "
    "pool poole poppy port porter post potter power powers pratt precious price prince prior proud prudence pure "
    "python quick quinn rain rainbow raven ray read reed reign rich richmond ridge ring river rivers roads rob "
    "robin rochester rock rocky root rose rowan royal ruby rush rust rusty sage sailor saint salesforce salt sandy "
    "savannah sawyer scarlet seal sentry serenity shade shadow shannon sharp sheffield shell shepherd short sierra "
    "silver singer siri skip sky sloan small smart smith snow sofia south spark sparks spear spencer spring star "
    "stark steel sterling stone storm story street strong sue summer summers sun sunny swan swift sydney tailor "
    "tanner tate taylor temple terry tesla thorn tiger tower towers trace travis trinity trip troy true tucker "
    "turner tyler uber unity vale valencia van velvet venus verona victor victoria victory vienna viola violet "
    "virginia walker wall walls ward warren washington water waters way weaver webb weeks wellington wells west "
    "wheeler white wild will windsor winter winters wise wolf wood woods woody wren wright york young zen".split()
)
"""Given and family names that are also words, months, products or places."""
