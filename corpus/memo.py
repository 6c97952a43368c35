"""What was read of the store as it stands, kept in memory until it stands otherwise."""

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """Values by key, of one state of the store. Safe from several threads: what they read of one state is the same."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: tuple[object, dict[Key, Value]] = (None, {})

    def at(self, position: object) -> dict[Key, Value]:
        """What is known of the store at that position, to be added to; nothing at a new one, or once it is too much."""
        held = self._held
        if held[0] != position or len(held[1]) > self._most:
            self._held = held = (position, {})
        return held[1]
