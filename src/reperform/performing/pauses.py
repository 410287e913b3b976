"""How long a run keeps trying before it leaves something to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Pauses"]


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Seconds between tries, and until a try is the last."""

    first: float = 1.0
    longest: float = 30.0
    """Each pause is twice the one before, and no longer than this."""
    tries: int = 5
    """Of a request that certainly did not arrive, and of one that is sent again with the same identity."""
    unknown: float = 600.0
    """How long after it was sent a request may be sent again with the same identity, and is looked for where that cannot be."""
    result: float = 3600.0
    """How long after it was sent a job and its result must be there, whatever an engine says: Segmind keeps them shortest, an hour."""
    limited: float = 1800.0
    """How long an engine may go on to say that it takes no more for now."""

    def __iter__(self) -> Iterator[float]:
        """Without end."""
        pause = self.first
        while True:
            yield pause
            pause = min(2 * pause, self.longest)
