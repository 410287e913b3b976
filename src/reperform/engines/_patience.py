"""How long an engine is tried for, and how long one request may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reperform.errors import OutOfReach, RateLimited

__all__ = ["Limits", "Patience"]

_SHORTEST_HINT = 0.05


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long is tried for what may be repeated. All but `attempts` are seconds."""

    attempts: int = 10
    seconds: float = 300.0
    first_wait: float = 0.5
    longest_wait: float = 20.0
    longest_hint: float = 180.0
    """An engine that says to come back later than this is not waited for here."""

    def tries(self, most: int | None = None) -> Any:
        """stamina's attempts, each an async iteration's context; the last error is raised as it is."""
        import stamina

        return stamina.retry_context(
            on=self._again,
            attempts=most or self.attempts,
            timeout=self.seconds,
            wait_initial=self.first_wait,
            wait_max=self.longest_wait,
            wait_jitter=self.first_wait,
        )

    def _again(self, error: Exception) -> bool | float:
        """What the engine says of when to come back counts more than our own pauses."""
        if not isinstance(error, OutOfReach | RateLimited):
            return False
        if error.retry_after_seconds is None:
            return True
        if error.retry_after_seconds > self.longest_hint:
            return False
        return max(error.retry_after_seconds, _SHORTEST_HINT)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds after which something counts as failed."""

    connect: float = 15.0
    read: float = 60.0
    write: float = 60.0
    answer: float = 180.0
    """For the whole of a small request and its answer."""
