"""What is kept in memory within a number of bytes; what it is, and for how long it holds, belongs to who keeps it."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, together within `most_bytes` by what `bytes_of` says of each; the oldest give way."""

    def __init__(self, most_bytes: int, bytes_of: Callable[[Key, Value], int]) -> None:
        """Keeps nothing yet."""
        self._most_bytes, self._bytes_of = most_bytes, bytes_of
        self._values: dict[Key, Value] = {}
        self._bytes = 0

    def get(self, key: Key) -> Value | None:
        """What is kept for the key."""
        return self._values.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Keeps the value, in place of the key's last one, and passes it on; none that is too large by itself."""
        self._forget(key)
        self._values[key] = value
        self._bytes += self._bytes_of(key, value)
        while self._bytes > self._most_bytes:
            self._forget(next(iter(self._values)))
        return value

    def _forget(self, key: Key) -> None:
        if key in self._values:
            self._bytes -= self._bytes_of(key, self._values.pop(key))
