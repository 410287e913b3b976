"""What Runware's answers mean: items by task, errors in their three shapes, and the kinds that error codes fall into."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reperform.engines._answers import Answer, retry_after
from reperform.engines.base import Output
from reperform.errors import AccessRefused, EngineError, JobFailed, RateLimited, Rejected, SubmissionUnknown

__all__ = ["Kind", "Reply", "Trouble", "cost_of", "failure", "kind_of", "outputs", "read", "refusal"]

Clean = Callable[[object], str]
Kind = Literal[
    "arrived", "auth", "quota", "rate", "safety", "timeout", "cancelled", "gone", "validation", "provider", "server"
]
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("arrived", r"^(conflict|duplicate)TaskUUID$"),
    ("auth", r"apiKey|^(unauthorized|forbidden|token|account|authentication)"),
    ("quota", r"credits|quota|balance|paymentRequired"),
    ("rate", r"rateLimit"),
    ("safety", r"contentPolicy|sensitiveContent|unsafeContent|nsfwContent|promptBlocked|imageBlocked|moderation"),
    ("timeout", r"timeout"),
    ("cancelled", r"^taskCancelled$"),
    ("gone", r"(notFound|expired)$|^unknownModel$"),
    (
        "validation",
        r"^(invalid|missing|conflict|duplicate|unsupported|value|array|max|min)"
        r"|^(unknownParameter|incompatibleParameters|mismatchProvider|unknownProvider|validationFailed)",
    ),
    ("provider", r"^provider|^(inferenceError|processingFailed|taskFailed|downloadFailed|uploadFailed)$"),
    ("provider", r"^(noAvailableServer|modelUnavailable)$|connection"),
)
"""The first that fits; what fits none is the server's own trouble."""
_BY_STATUS: dict[int, Kind] = {401: "auth", 402: "quota", 403: "auth", 429: "rate"}
_KEY = "Correct RUNWARE_API_KEY, or `reperform engines login runware`."
_CREDIT = "Look at the balance in your account at Runware."


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One error."""

    code: str
    message: str = ""
    task: str | None = None
    """None where it names no task."""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What its code falls into."""
        return kind_of(self.code)

    def said(self, clean: Clean) -> str:
        """Its message, with code, fields and what they take."""
        names = self.facts.get("parameter") or []
        fields = ", ".join(map(str, names)) if isinstance(names, list) else str(names)
        allowed = self.facts.get("allowedValues")
        parts = [
            self.message,
            f"[{self.code}]" if self.code else "",
            f"({fields})" if fields else "",
            f"takes {', '.join(map(str, allowed))}" if isinstance(allowed, list) else "",
            *(f"{name} {self.facts[name]}" for name in ("min", "max", "multiplier") if name in self.facts),
        ]
        return clean(" ".join(part for part in parts if part))


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one answer says of one task."""

    items: tuple[Mapping[str, Any], ...] = ()
    """Of this task."""
    own: tuple[Trouble, ...] = ()
    """Errors of this task."""
    other: tuple[Trouble, ...] = ()
    """Errors that name no task."""

    @property
    def done(self) -> list[Mapping[str, Any]]:
        """Results that are there, each once."""
        named: dict[str, Mapping[str, Any]] = {}
        for item in self.items:
            if address := _address(item):
                named[str(item.get("videoUUID") or item.get("resultIndex") or address)] = item
        return list(named.values())

    @property
    def failed(self) -> list[Trouble]:
        """What the task, or some of its results, came to instead."""
        broken = [item for item in self.items if _status(item) == "error" or (item.get("code") and not _address(item))]
        return [*map(_of_item, broken), *filter(_ends, self.own)]

    @property
    def going_on(self) -> bool:
        """Whether any of it is still being made."""
        return any(_status(item) not in ("success", "error", "") for item in self.items)

    @property
    def gone(self) -> bool:
        """Whether the task is not known."""
        return not self.items and any(trouble.kind == "gone" for trouble in (*self.own, *self.other))

    @property
    def progress(self) -> float | None:
        """0 to 1. None where it does not say."""
        found = [item["progress"] for item in self.items if isinstance(item.get("progress"), int | float)]
        return min(1.0, max(0.0, sum(found) / len(found) / 100)) if found else None


def kind_of(code: str) -> Kind:
    """What the code falls into."""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, code, re.IGNORECASE)), "server")


def read(body: Any, task: str) -> Reply:
    """What the JSON says of the task: `data` and `errors`, together or alone, a bare array of errors, or a single one."""
    data = body.get("data") if isinstance(body, Mapping) else None
    entries = data if isinstance(data, list) else []
    items = [item for item in entries if isinstance(item, Mapping) and item.get("taskUUID") == task]
    troubles = [_trouble(error) for error in _errors(body)]
    return Reply(
        items=tuple(items),
        own=tuple(trouble for trouble in troubles if trouble.task == task),
        other=tuple(trouble for trouble in troubles if trouble.task is None),
    )


def _errors(body: Any) -> Iterable[Mapping[str, Any]]:
    found: Any = body
    if isinstance(body, Mapping):
        found = body.get("errors") or body.get("error") or []
        if isinstance(found, Mapping):
            found = [{"taskUUID": body.get("taskUUID"), **found}]
    return [error for error in found if isinstance(error, Mapping)] if isinstance(found, list) else []


def _trouble(error: Mapping[str, Any]) -> Trouble:
    task = error.get("taskUUID")
    return Trouble(
        code=str(error.get("code") or ""),
        message=str(error.get("message") or ""),
        task=task if isinstance(task, str) and task else None,
        facts=error,
    )


def _of_item(item: Mapping[str, Any]) -> Trouble:
    error = item.get("error")
    return _trouble({**item, **error} if isinstance(error, Mapping) else item)


def _ends(trouble: Trouble) -> bool:
    """Whether the task came to nothing by it. What is said of the question says nothing of the task."""
    return trouble.facts.get("taskType") != "getResponse" and trouble.kind not in ("gone", "rate")


def _status(item: Mapping[str, Any]) -> str:
    return str(item.get("status") or "").lower()


def _address(item: Mapping[str, Any]) -> str | None:
    found = item.get("videoURL") or item.get("mediaURL")
    return found if isinstance(found, str) and found and _status(item) in ("success", "") else None


def refusal(answer: Answer, reply: Reply, *, clean: Clean) -> EngineError:
    """The error for a request that was refused, when no job came of it."""
    trouble = next(iter((*reply.own, *reply.other)), None)
    kind = trouble.kind if trouble else _BY_STATUS.get(answer.status, "validation")
    cause = (trouble.said(clean) if trouble else clean(answer.body[:2000].decode(errors="replace"))) or None
    if trouble is None and answer.status == 404:
        return AccessRefused("Runware has no such way in.", cause=cause, fix="Is the base address right?")
    if kind == "auth":
        return AccessRefused("Runware does not accept the key.", cause=cause, fix=_KEY)
    if kind == "quota":
        return AccessRefused("Runware refuses: credit or payment.", cause=cause, fix=_CREDIT)
    if kind == "rate":
        said = "Runware takes no more requests for now."
        return RateLimited(said, cause=cause, retry_after_seconds=retry_after(answer))
    if kind == "provider":
        return JobFailed("Runware cannot perform this job now.", cause=cause, temporary=True)
    if kind in ("timeout", "server"):
        return SubmissionUnknown(f"Runware answered {answer.status}: the job may have arrived.", cause=cause)
    return Rejected(_refused(kind, answer.status), cause=cause)


def _refused(kind: Kind, status: int) -> str:
    if kind == "safety":
        return "Runware's content rules refuse this job."
    return f"Runware refuses this job ({status})."


def failure(trouble: Trouble, *, clean: Clean) -> EngineError:
    """The error for a task that was accepted, and came to nothing."""
    cause, kind = trouble.said(clean) or None, trouble.kind
    if kind == "safety":
        return Rejected("Runware's content rules refuse this job.", cause=cause)
    if kind == "validation":
        return Rejected("Runware refuses what it was sent.", cause=cause)
    cost = cost_of([trouble.facts])
    return JobFailed(
        "The job failed at Runware.",
        cause=cause,
        fix={"auth": _KEY, "quota": _CREDIT}.get(kind),
        temporary=kind in ("provider", "timeout", "server", "rate"),
        billed=None if cost is None else cost > 0,
    )


def outputs(task: str, items: Iterable[Mapping[str, Any]]) -> tuple[Output, ...]:
    """The results, in the engine's order."""
    ordered = sorted(items, key=lambda item: _index(item.get("resultIndex")))
    return tuple(
        Output(number=number, address=str(_address(item)), facts={"id": task} | _facts(item))
        for number, item in enumerate(ordered)
    )


def _index(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _facts(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("videoUUID", "seed", "cost", "NSFWContent") if item.get(name) is not None}


def cost_of(items: Iterable[Mapping[str, Any]]) -> float | None:
    """US dollars of all of them together; None where one of them does not say."""
    costs = [item.get("cost") for item in items]
    known = [cost for cost in costs if isinstance(cost, int | float) and not isinstance(cost, bool)]
    if not known or len(known) < len(costs) or not all(math.isfinite(cost) and cost >= 0 for cost in known):
        return None
    return math.fsum(known)
