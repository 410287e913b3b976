"""What Sync's answers mean: refusals, failed jobs, costs, and the list of generations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reperform.engines._answers import Answer
from reperform.errors import AccessRefused, EngineError, Expired, JobFailed, Rejected

__all__ = ["TEMPORARY", "code_of", "dollars", "failure", "generations", "refusal", "said"]

TEMPORARY = frozenset(
    {
        "generation_pipeline_failed",
        "generation_unknown_error",
        "generation_infra_storage_error",
        "generation_infra_resource_exhausted",
        "generation_infra_service_unavailable",
        "generation_media_probe_timeout",
        "generation_media_probe_unavailable",
        "generation_timeout",
        "generation_database_error",
        "generation_unhandled_error",
        "elevenlabs_service_unavailable",
        "concurrency_limit_reached",
        "rate_limit_exceeded",
        "controller_timeout",
        "controller_unavailable",
        "controller_dependency_error",
        "usage_dependency_unavailable",
        "internal_error",
    }
)
"""Codes whose cause lies with Sync and passes."""

_ACCOUNT = {
    "account_payment_required": "Look at the payment in your account at Sync.",
    "account_on_hold": "Ask Sync why the account is on hold.",
    "free_tier_generations_exhausted": "Take a plan at Sync, or wait for the next month.",
    "plan_feature_unavailable": "The model needs another plan at Sync; react-1 needs a paid one.",
    "plan_duration_exceeded": "The plan at Sync does not take jobs of this length.",
    "generation_plan_duration_exceeded": "The plan at Sync does not take jobs of this length.",
    "file_size_exceeds_plan_limit": "The plan at Sync does not take files of this size.",
    "elevenlabs_quota_exceeded": "The speech quota is used up; send recorded sound, or raise it.",
    "elevenlabs_api_key_invalid": "Correct the ElevenLabs key in your account at Sync.",
}
"""Codes about the account, with what to do."""

_REFUSING = frozenset({401, 402, 403})


def code_of(body: Any) -> str:
    """The error's code, under either of its names; empty where there is none."""
    if not isinstance(body, Mapping):
        return ""
    return next((str(body[name]) for name in ("errorCode", "error_code") if body.get(name)), "")


def said(body: Any, *, clean: Callable[[object], str]) -> str:
    """What the answer says went wrong, with its code."""
    if not isinstance(body, Mapping):
        return ""
    text = body.get("message") or body.get("error") or ""
    text = "; ".join(map(str, text)) if isinstance(text, list) else str(text)
    code = code_of(body)
    return " ".join(part for part in (clean(text), f"[{clean(code)}]" if code else "") if part)


def refusal(answer: Answer, *, clean: Callable[[object], str]) -> EngineError:
    """The error for a status of 4xx, when nothing is known of the job by it."""
    body = answer.maybe_json()
    code, cause = code_of(body), said(body, clean=clean) or None
    if answer.status == 401 or (answer.status == 403 and not code):
        return AccessRefused(
            "Sync does not accept the key.", cause=cause, fix="Correct SYNC_API_KEY, or `reperform engines login sync`."
        )
    if answer.status in _REFUSING and code != "asset_forbidden":
        return AccessRefused("Sync refuses: plan or payment.", cause=cause, fix=_ACCOUNT.get(code))
    if code in _ACCOUNT and answer.status != 413:
        return AccessRefused("Sync refuses: plan or payment.", cause=cause, fix=_ACCOUNT[code])
    if answer.status == 404 and not code:  # a way that is not Sync's, or something in between: it says nothing of a job
        return AccessRefused("Sync has no such way in.", cause=cause, fix="Is the base address right?")
    if answer.status in (404, 410) and code in ("", "generation_not_found", "invalid_generation_id"):
        return Expired("Sync no longer has this job.", cause=cause)
    return Rejected(f"Sync refuses this job ({answer.status}).", cause=cause, fix=_ACCOUNT.get(code))


def failure(body: Mapping[str, Any], *, billed: bool | None, clean: Callable[[object], str]) -> EngineError:
    """The error for a job that Sync says has FAILED, or was REJECTED and never ran."""
    code, cause = code_of(body), said({**body, "message": None}, clean=clean) or None
    if body.get("status") == "REJECTED":
        return Rejected("Sync rejected this job; it never ran.", cause=cause, fix=_ACCOUNT.get(code))
    return JobFailed(
        "The job failed at Sync.", cause=cause, fix=_ACCOUNT.get(code), temporary=code in TEMPORARY, billed=billed
    )


def dollars(body: Any) -> float | None:
    """US dollars in the answer to what a generation cost. Its shape is not documented: read only what cannot mean anything else."""
    if isinstance(body, bool) or body is None:
        return None
    if isinstance(body, int | float):
        return float(body) if math.isfinite(body) and body >= 0 else None
    if isinstance(body, list):
        found = [dollars(item) for item in body if isinstance(item, Mapping)]
        return math.fsum(one for one in found if one is not None) if found and None not in found else None
    return _dollars_inside(body) if isinstance(body, Mapping) else None


_COSTS = (
    "totalCost",
    "total_cost",
    "generationCost",
    "generation_cost",
    "costUsd",
    "cost_usd",
    "cost",
    "estimatedGenerationCost",
)
_HOLDERS = ("costs", "data", "items", "generation")


def _dollars_inside(body: Mapping[str, Any]) -> float | None:
    if str(body.get("currency", "USD")).upper() not in ("USD", "US$", "$"):
        return None
    for name in _COSTS:
        value = body.get(name)
        if isinstance(value, int | float | Mapping) and (found := dollars(value)) is not None:
            return found
    return next((found for name in _HOLDERS if (found := dollars(body.get(name))) is not None), None)


def generations(body: Any) -> tuple[list[Mapping[str, Any]], str | None]:
    """A page of the list, and the cursor of the next; None at the end. Raises ValueError where it is no list."""
    if isinstance(body, Mapping):
        names = ("generations", "items", "data", "results")
        found = next((body[name] for name in names if isinstance(body.get(name), list)), None)
        cursor = next(_cursors(body), None)
    else:
        found, cursor = body, None
    if not isinstance(found, list):
        raise ValueError("no list of generations")
    return [item for item in found if isinstance(item, Mapping)], cursor


def _cursors(body: Mapping[str, Any]) -> Iterator[str]:
    places = [body, *(body[name] for name in ("pagination", "meta", "page") if isinstance(body.get(name), Mapping))]
    for place in places:
        for name in ("nextCursor", "next_cursor", "cursor", "next"):
            if isinstance(place.get(name), str) and place[name]:
                yield place[name]
