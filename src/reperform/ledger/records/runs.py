"""Runs, and what happened in them."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Event", "RunRow"]


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One call of `run`, with all that a resume needs to end it."""

    id: str
    timeline: str
    """Absolute path."""
    out: str
    """Absolute path."""
    plan: str = field(repr=False)
    """The `Plan` as JSON."""
    writing: str = field(repr=False)
    """How the timeline is written, and which of its cues are meant (JSON)."""
    base_url: str | None
    max_cost_usd: float | None
    """None: no ceiling."""
    allow_unknown_cost: bool
    begun_at: str
    ended_at: str | None
    """None while something is left to go on with."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    id: int
    at: str
    """ISO 8601, UTC."""
    subject: str
    subject_id: str
    what: str
