"""What counts as one line of text."""

import unicodedata

_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of characters, separators of lines and paragraphs."""


def line_flaw(text: str) -> str:
    """What is wrong with a text that is to be one line; empty if nothing is. Blank is no flaw."""
    if any(unicodedata.category(letter) in _BREAKING for letter in text):
        return "it is to be one line, without line breaks and control characters"
    return ""
