"""What Segmind's answers mean: refusals, failed jobs, and where a result is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from reperform.engines._answers import Answer
from reperform.errors import AccessRefused, EngineError, JobFailed, Rejected

__all__ = ["address_of", "cost_of", "failure", "refusal", "status_of"]

Clean = Callable[[object], str]
_BLOCKED = re.compile(r"moderation|\bRAI\b|content polic|blocked|safety|nsfw", re.IGNORECASE)
_INVALID = re.compile(r"invalid param|is not a valid|unsupported|longer than|too long|missing|required", re.IGNORECASE)
_PASSING = re.compile(
    r"temporar|unavailable|timed? ?out|try again|retry|overload|capacity|internal server|gateway|too many",
    re.IGNORECASE,
)


def _said(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    found = [body.get(name) for name in ("error", "error_description", "message", "detail")]
    return ": ".join(dict.fromkeys(str(text) for text in found if text))


def refusal(answer: Answer, *, clean: Clean) -> EngineError:
    """The error for a status of 4xx, when no job came of it."""
    body = answer.maybe_json()
    cause = clean(_said(body) or answer.body[:2000].decode(errors="replace")) or None
    if answer.status == 401:
        fix = "Correct SEGMIND_API_KEY, or `reperform engines login segmind`."
        return AccessRefused("Segmind does not accept the key.", cause=cause, fix=fix)
    if answer.status in (402, 406):
        fix = "Look at the credits and the spending limit in your account at Segmind."
        return AccessRefused("Segmind refuses: credits.", cause=cause, fix=fix)
    if answer.status == 403:
        return AccessRefused("Segmind refuses: this key may not use the model.", cause=cause)
    if answer.status in (404, 405):
        return AccessRefused("Segmind has no such way in.", cause=cause, fix="Is the base address right?")
    if answer.status == 410:
        return Rejected("Segmind has retired this model.", cause=cause, fix="Use another engine.")
    return Rejected(f"Segmind refuses this job ({answer.status}).", cause=cause)


def failure(body: Any, *, clean: Clean) -> EngineError:
    """The error for a job that Segmind says has FAILED. It does not bill for those."""
    said = _said(body)
    cause = clean(said) or None
    if _BLOCKED.search(said):
        return Rejected("Segmind's content rules refuse this job.", cause=cause)
    if _INVALID.search(said):
        return Rejected("Segmind refuses what it was sent.", cause=cause)
    return JobFailed("The job failed at Segmind.", cause=cause, temporary=bool(_PASSING.search(said)), billed=False)


def status_of(body: Any) -> str:
    """The state of the job; empty where there is none."""
    return str(body.get("status") or "").upper() if isinstance(body, Mapping) else ""


def address_of(body: Any) -> str | None:
    """Where the result is: a text, or the first in what may hold it, whose shape is not documented."""
    if isinstance(body, str):
        return body if body.startswith(("https://", "http://")) else None
    if isinstance(body, list):
        return next((found for item in body if (found := address_of(item))), None)
    if isinstance(body, Mapping):
        return next((found for name in ("output", "video", "url") if (found := address_of(body.get(name)))), None)
    return None


def cost_of(body: Mapping[str, Any]) -> float | None:
    """US dollars: Segmind's credits are dollars. None where it does not say."""
    metrics = body.get("metrics")
    cost = metrics.get("cost") if isinstance(metrics, Mapping) else None
    if not isinstance(cost, int | float) or isinstance(cost, bool):
        return None
    return float(cost) if math.isfinite(cost) and cost >= 0 else None
