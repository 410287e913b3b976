"""What an engine's server said, and when it says to come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from reperform.errors import EngineError, OutOfReach, RateLimited, SubmissionUnknown

__all__ = ["Answer", "moment", "retry_after", "status_error", "without_addresses"]

Kind = TypeVar("Kind")

_ADDRESS = re.compile(r"\b(?:https?|wss?)://\S+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer. It shows neither headers nor body of itself: they may hold signed addresses."""

    engine: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    submit: bool = False
    """It answers a submit, so what cannot be read in it leaves the job's state unknown."""

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            SubmissionUnknown: it is not JSON, in answer to a submit.
            OutOfReach: it is not JSON, in answer to anything else.

        """
        found = self.maybe_json()
        if found is None:
            raise self.unreadable("it is not JSON")
        return found

    def maybe_json(self) -> Any:
        """The body as JSON. None where it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def need(self, *path: str | int, kind: type[Kind]) -> Kind:
        """The value at that path of the JSON, which must be there and of that kind.

        Raises:
            SubmissionUnknown: it is not there, in answer to a submit.
            OutOfReach: it is not there, in answer to anything else.

        """
        value: Any = self.json()
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise self.unreadable(f"it has no “{'.'.join(map(str, path))}”") from None
        if not isinstance(value, kind) or value == "":
            raise self.unreadable(f"its “{'.'.join(map(str, path))}” is not what it should be")
        return value

    def unreadable(self, why: str) -> EngineError:
        """The error for an answer that makes no sense."""
        said = f"{self.engine} answered {self.status} with something that cannot be understood: {why}."
        if self.submit:
            return SubmissionUnknown(said)
        return OutOfReach(said)


def retry_after(answer: Answer, *, now: datetime | None = None) -> float | None:
    """Seconds until the engine wants to be asked again; None where it does not say.

    Read from `Retry-After` (seconds or a date), Segmind's `x-rate-limit-reset-at-utc`, Sync's `retryAfterSeconds`.
    """
    now = now or datetime.now(UTC)
    for name in ("retry-after", "x-rate-limit-reset-at-utc"):
        if name in answer.headers and (found := _seconds(answer.headers[name], now)) is not None:
            return found
    body = answer.maybe_json()
    hint = body.get("retryAfterSeconds") if isinstance(body, dict) else None
    return _seconds(str(hint), now) if hint is not None else None


def status_error(answer: Answer, *, clean: Callable[[object], str]) -> EngineError | None:
    """The error for a status that no engine gives a meaning of its own. None for success and the other 4xx."""
    cause = clean(answer.body[:2000].decode(errors="replace")) or None
    if answer.status == 429:
        said = f"{answer.engine} takes no more requests for now."
        return RateLimited(said, cause=cause, retry_after_seconds=retry_after(answer))
    if answer.status < 300 or (400 <= answer.status < 500 and answer.status != 408):
        return None
    said = f"{answer.engine} answered {answer.status}."
    if answer.status < 400:
        said = f"{answer.engine} answered {answer.status}, which sends us elsewhere: that is not followed."
    if answer.submit:
        return SubmissionUnknown(said, cause=cause)
    return OutOfReach(said, cause=cause, retry_after_seconds=retry_after(answer))


def without_addresses(text: str) -> str:
    """The text with every address in it replaced: they may be signed."""
    return _ADDRESS.sub("(address)", text)


def _seconds(text: str, now: datetime) -> float | None:
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = _any_moment(text)
        if moment is None:
            return None
        return max(0.0, (moment - now).total_seconds())
    if seconds > 1_000_000_000:  # a moment, in seconds or milliseconds since 1970
        seconds = seconds / (1000 if seconds > 100_000_000_000 else 1) - now.timestamp()
    return max(0.0, seconds) if seconds == seconds and abs(seconds) != float("inf") else None


def _any_moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def moment(text: Any) -> datetime | None:
    """A time as engines write it in what they list. None where it is none, or has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
