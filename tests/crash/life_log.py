"""What was written and acknowledged, in the order of one clock: enough to tell a wrong answer and a lost update."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Version:
    """A text of a document. It may be seen from `sent` on, until the writing of the next is acknowledged."""

    text: str | None
    """None: removed."""
    sent: float
    until: float = float("inf")


@dataclass
class Log:
    """Shared by all who live; each document has one writer."""

    documents: dict[str, list[Version]] = field(default_factory=dict)
    """By title."""
    ids: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    useful: Counter[str] = field(default_factory=Counter)
    counted: int = 0
    """Acknowledged additions of 1 to the number in the collection's description."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, title: str, text: str | None) -> None:
        """A new version is sent now."""
        with self.lock:
            self.documents.setdefault(title, []).append(Version(text, time.monotonic()))

    def acknowledged(self, title: str, document_id: str | None = None) -> None:
        """The newest version is there for good; no older one may be seen by who asks from now on."""
        with self.lock:
            if document_id is not None:
                self.ids[title] = document_id
            for version in self.documents[title][:-1]:
                version.until = min(version.until, time.monotonic())

    def possible(self, title: str, since: float) -> list[str | None]:
        """The texts that an answer to a question of that time may have seen."""
        with self.lock:
            return [version.text for version in self.documents.get(title, []) if version.until >= since]

    def final(self) -> dict[str, str | None]:
        """The newest text of each document."""
        return {title: versions[-1].text for title, versions in self.documents.items()}

    def some(self) -> dict[str, str]:
        """Titles and ids of what has been stored."""
        with self.lock:
            return dict(self.ids)
