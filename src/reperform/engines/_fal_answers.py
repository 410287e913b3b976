"""What fal's answers mean: refusals, failed jobs, results, costs, and the list of requests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reperform.engines._answers import Answer
from reperform.errors import AccessRefused, EngineError, JobFailed, JobStopped, Rejected, SubmissionUnknown

__all__ = [
    "Failure",
    "cost",
    "dollars_for",
    "entries",
    "failure",
    "refusal",
    "result",
    "state_said",
    "still_running",
    "unit_price",
]

Clean = Callable[[object], str]

TEMPORARY = frozenset(
    {
        "generation_timeout",
        "downstream_service_unavailable",
        "request_timeout",
        "startup_timeout",
        "runner_scheduling_failure",
        "runner_connection_timeout",
        "runner_disconnected",
        "runner_connection_refused",
        "runner_connection_error",
        "runner_incomplete_response",
        "file_download_error",
    }
)
"""Types whose cause lies with fal and passes. Media lie at fal itself, so that it cannot read them is one."""

FAILED = frozenset(
    {
        *TEMPORARY,
        "internal_server_error",
        "internal_error",
        "runner_server_error",
        "downstream_service_error",
        "no_media_generated",
        "client_disconnected",
    }
)
"""Types of jobs that were accepted and failed. Every other type says that what was sent is not taken."""

_SERVER_FAULTS = {
    "generation_timeout": 504,
    "request_timeout": 504,
    "startup_timeout": 504,
    "runner_incomplete_response": 502,
    "internal_server_error": 500,
    "internal_error": 500,
    "runner_server_error": 500,
    "downstream_service_unavailable": 500,
}
"""Types and their statuses, where fal has documented one of 5xx: such jobs are not billed. So are runners' of 503."""

_STOPPED = frozenset({"client_cancelled", "cancelled"})

_FACTS = ("num_frames", "fps", "duration", "width", "height", "file_size")


@dataclass(frozen=True)
class Failure:
    """How a job ended, where it is read from the list of requests."""

    status: Any
    body: Any


def refusal(answer: Answer, *, submit: bool, clean: Clean) -> EngineError:
    """The error for a status of 4xx, when nothing is known of the job by it."""
    body = answer.maybe_json()
    cause = _said(body, clean) or None
    if answer.status == 401:
        return AccessRefused(
            "fal does not accept the key.", cause=cause, fix="Correct FAL_KEY, or `reperform engines login fal`."
        )
    if answer.status == 402 or (answer.status == 403 and "balance" in (cause or "").casefold()):
        return AccessRefused("fal refuses: the balance is used up.", cause=cause, fix="Top it up in your account.")
    if answer.status == 403:
        return AccessRefused(
            "fal refuses this key.", cause=cause, fix="Look at the rights of FAL_KEY." if submit else None
        )
    if answer.status in (404, 405):
        return AccessRefused("fal has no such way in.", cause=cause, fix="Is the base address right?")
    if submit and answer.status in (409, 499):
        return SubmissionUnknown(f"fal answered {answer.status}: the job may have arrived.", cause=cause)
    return Rejected(f"fal refuses this job ({answer.status}).", cause=cause)


def failure(
    state: Mapping[str, Any], ended: Answer | Failure, *, clean: Clean, otherwise: EngineError | None = None
) -> EngineError:
    """The error for a job that is over without a result, by its state and by what stands in the result's place.

    `otherwise` is for what tells of no failure at all.
    """
    body = ended.maybe_json() if isinstance(ended, Answer) else ended.body
    kind = str(state.get("error_type") or _kind(body) or "")
    status = _status(ended, fits=_kind(body) in (None, kind) or not state.get("error_type"))
    fits = status is not None
    cause = _said(body if fits else None, clean) or _of_state(state, clean) or None
    if otherwise is not None and (status or 0) < 400:
        return otherwise
    if kind in _STOPPED:
        return JobStopped("The job was cancelled at fal.", cause=cause, billed=_billed(kind, status))
    if kind in FAILED or kind.startswith("runner_") or (not kind and (status or 500) >= 500):
        temporary = kind in TEMPORARY or status in (503, 504)
        return JobFailed("The job failed at fal.", cause=cause, temporary=temporary, billed=_billed(kind, status))
    if (status or 422) >= 500:
        return JobFailed("The job failed at fal.", cause=cause, temporary=status in (503, 504), billed=False)
    return Rejected("fal does not take what was sent.", cause=cause)


def _status(ended: Answer | Failure, *, fits: bool) -> int | None:
    """The job's own. A gateway's trouble may stand in the result's place, or the result be gone: then it is None."""
    status = ended.status
    if not isinstance(status, int) or status == 404:
        return None
    return status if fits or 400 <= status < 500 else None


def _billed(kind: str, status: int | None) -> bool | None:
    """fal bills no 5xx. Of the others it says only that they may be billed."""
    documented = kind in _SERVER_FAULTS or kind.startswith("runner_")
    return False if documented or (status or 0) >= 500 else None


def _kind(body: Any) -> str | None:
    """The type that stands in an error's body, whichever of its two shapes it has."""
    if not isinstance(body, Mapping):
        return None
    if isinstance(body.get("error_type"), str):
        return str(body["error_type"])
    detail = body.get("detail")
    first = detail[0] if isinstance(detail, list) and detail else None
    kind = first.get("type") if isinstance(first, Mapping) else None
    return kind if isinstance(kind, str) else None


def _said(body: Any, clean: Clean) -> str:
    """What an error's body says, with its types. What was sent stands in it, too, and is left out."""
    if not isinstance(body, Mapping):
        return ""
    detail = body.get("detail") or body.get("message") or body.get("error") or ""
    if not isinstance(detail, list):
        text = detail if isinstance(detail, str) else json.dumps(detail)
        return _tagged(text, body.get("error_type"), clean)
    return "; ".join(filter(None, (_one(item, clean) for item in detail[:5])))


def _one(item: Any, clean: Clean) -> str:
    if not isinstance(item, Mapping):
        return clean(item)
    loc = item.get("loc")
    place = ".".join(str(step) for step in loc if step != "body") if isinstance(loc, list) else ""
    context = item.get("ctx")
    limits = ", ".join(f"{name} {value}" for name, value in context.items()) if isinstance(context, Mapping) else ""
    text = f"{place}: {item.get('msg', '')}" if place else str(item.get("msg", ""))
    return _tagged(f"{text} ({limits})" if limits else text, item.get("type"), clean)


def _tagged(text: str, kind: Any, clean: Clean) -> str:
    return " ".join(part for part in (clean(text), f"[{clean(kind)}]" if kind else "") if part)


def _of_state(state: Mapping[str, Any], clean: Clean) -> str:
    return _tagged(str(state.get("error") or ""), state.get("error_type"), clean)


def state_said(body: Mapping[str, Any], *, clean: Clean) -> str:
    """What a job is doing: the last line of its log, else its state."""
    logs = body.get("logs")
    last = logs[-1] if isinstance(logs, list) and logs else None
    text = clean(last["message"]) if isinstance(last, Mapping) and isinstance(last.get("message"), str) else ""
    if text:
        return text
    position = body.get("queue_position")
    said = str(body.get("status", "")).lower().replace("_", " ") or "waiting"
    return f"{said}, {position} before it" if isinstance(position, int) and position > 0 else said


def still_running(answer: Answer) -> bool:
    """Whether the result is not there yet."""
    body = answer.maybe_json()
    detail = body.get("detail") if isinstance(body, Mapping) else None
    return not answer.ok and isinstance(detail, str) and "in progress" in detail.casefold()


def result(body: Any) -> tuple[str, dict[str, Any]] | None:
    """Where the result lies, and what is said of it. None where that is nowhere."""
    video = body.get("video") if isinstance(body, Mapping) else None
    address = video.get("url") if isinstance(video, Mapping) else None
    if not isinstance(video, Mapping) or not isinstance(address, str) or not address:
        return None
    return address, {name: video[name] for name in _FACTS if isinstance(video.get(name), int | float)}


def unit_price(body: Any, model: str) -> tuple[float, str] | None:
    """US dollars a unit, and the unit, from fal's list of prices. None where it does not stand there."""
    prices = body.get("prices") if isinstance(body, Mapping) else None
    for entry in prices if isinstance(prices, list) else ():
        if isinstance(entry, Mapping) and entry.get("endpoint_id") == model:
            price, unit = _number(entry.get("unit_price")), entry.get("unit")
            if price is not None and isinstance(unit, str) and str(entry.get("currency", "USD")).upper() == "USD":
                return price, unit
    return None


def cost(units: Any, facts: Mapping[str, Any], price: tuple[float, str]) -> float | None:
    """US dollars for so many billed units. None where they cannot be what this result is billed by: then nobody knows."""
    count, lasts = _number(units), _number(facts.get("duration"))
    divisor = _DIVISORS.get(_unit(price))
    if count is None or lasts is None or divisor is None:
        return None
    return count * price[0] if abs(count - lasts / divisor) <= 1 else None


def dollars_for(seconds: float, price: tuple[float, str]) -> float | None:
    """US dollars for a result of that length. None where the price is not one of time."""
    divisor = _DIVISORS.get(_unit(price))
    return None if divisor is None else seconds / divisor * price[0]


_DIVISORS = {"second": 1, "minute": 60}


def _unit(price: tuple[float, str]) -> str:
    return price[1].strip().casefold().replace("_", " ").rpartition(" ")[2].removesuffix("s")


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) and found >= 0 else None


def entries(body: Any) -> tuple[list[Mapping[str, Any]], str | None]:
    """A page of the list of requests, and the cursor of the next; None at the end. Raises ValueError where it is no list."""
    found, cursor = body, None
    if isinstance(body, Mapping):
        names = ("items", "requests", "data", "results")
        found = next((body[name] for name in names if isinstance(body.get(name), list)), None)
        cursor = body.get("next_cursor") or body.get("nextCursor")
    page = [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else None
    if page is None or len(page) != len(found or ()):
        raise ValueError("no list of requests")
    return page, cursor if isinstance(cursor, str) and page else None
