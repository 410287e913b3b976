"""How fal refuses, what it calls each trouble, and what its model gives back."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reperform.emulator.faults import Fault
from reperform.emulator.fields import Finding
from reperform.emulator.works import Trouble, Work
from reperform.emulator.world import World

__all__ = ["DIALECT", "details", "outcome", "refuse"]

_ERRORS = {
    "400": (400, "bad_request", "Bad request"),
    "401": (401, "unauthorized", "Invalid API key"),
    "402": (403, "forbidden", "User is locked. Reason: Exhausted balance."),
    "403": (403, "forbidden", "Forbidden"),
    "406": (403, "forbidden", "User is locked. Reason: Exhausted balance."),
    "410": (404, "not_found", "Application not found"),
    "500": (500, "internal_error", "Internal server error"),
    "502": (502, "runner_incomplete_response", "The runner's response was incomplete"),
    "503": (503, "runner_scheduling_failure", "No runner could be scheduled"),
    "504": (504, "request_timeout", "Request timed out"),
}
_TYPES = {"string": "string", "number": "float", "integer": "int", "boolean": "bool", "object": "dict", "array": "list"}


class _Fal:
    name = "fal"

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """The header's first word is `Key`."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme != "Key" or not secrets.compare_digest(given.encode(), world.keys["fal"].encode()):
            text = "Cannot access application. Authentication is required to access this application."
            return JSONResponse({"detail": text}, 401)
        return None

    def refused(self, code: str, fault: Fault, world: World) -> Response:  # noqa: ARG002 - a dialect's signature
        """A text and its type, as the gateway says it."""
        if code.startswith("429"):
            headers = {"X-Fal-needs-retry": "1"} | ({} if fault.value is None else {"Retry-After": fault.value})
            return refuse(429, "concurrent_requests_limit", "Concurrent requests limit reached", headers=headers)
        return refuse(*_ERRORS[code])

    def expired(self, request: Request) -> Response:  # noqa: ARG002 - it looks the same for all
        """As for one that never was."""
        return JSONResponse({"detail": "Request not found"}, 404)


DIALECT = _Fal()


def refuse(status: int, kind: str, text: str, *, headers: dict[str, str] | None = None) -> Response:
    """A refusal of the request, not of the model."""
    said = {"X-Fal-Error-Type": kind} | (headers or {})
    return JSONResponse({"detail": text, "error_type": kind}, status, headers=said)


def details(findings: list[Finding], body: Any) -> list[dict[str, Any]]:
    """What the model's own checks say of each finding."""
    return [_detail(finding, body) for finding in findings]


def _detail(finding: Finding, body: Any) -> dict[str, Any]:
    field = finding.field
    said: dict[str, tuple[str, str, dict[str, Any]]] = {
        "missing": ("missing", "Field required", {}),
        "unknown": ("extra_forbidden", "Extra inputs are not permitted", {}),
        "type": (f"{_TYPES.get(field.kind, 'any')}_type", f"Input should be a valid {field.kind}", {}),
        "choice": ("one_of", f"Input should be one of {', '.join(field.choices)}", {"expected": list(field.choices)}),
        "least": ("greater_than_equal", f"Input should be greater than or equal to {field.least}", {"ge": field.least}),
        "most": ("less_than_equal", f"Input should be less than or equal to {field.most}", {"le": field.most}),
        "pattern": ("url_parsing", "Input should be a valid URL", {}),
    }
    kind, text, context = said.get(finding.problem, ("value_error", "Invalid input", {}))
    given = body if finding.problem == "missing" else finding.value
    return _said(["body", *finding.path], kind, text, given, context)


def _said(place: list[Any], kind: str, text: str, given: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
    said = {"loc": place, "msg": text, "type": kind, "url": f"https://docs.fal.ai/errors#{kind}", "input": given}
    return said | ({"ctx": context} if context else {})


def outcome(world: World, here: str, work: Work) -> tuple[int, dict[str, Any]]:
    """Status and body of a finished job's result."""
    if work.state != "succeeded":
        return _failure(work, work.trouble or Trouble("failed"))
    made, stored = work.made[0], work.stored[0]
    video = {
        "url": world.store.address(here, stored),
        "content_type": stored.content_type,
        "file_name": stored.name,
        "file_size": stored.path.stat().st_size,
        "width": made.width,
        "height": made.height,
        "fps": round(float(made.rate), 3),
        "duration": round(float(made.seconds), 3),
        "num_frames": made.frames,
    }
    return 200, {"video": video}


def _failure(work: Work, trouble: Trouble) -> tuple[int, dict[str, Any]]:
    if trouble.kind == "invalid":
        return 422, {"detail": trouble.facts["detail"]}
    if trouble.kind == "cancelled":
        return 499, {"detail": "Request was cancelled", "error_type": "cancelled"}
    which = "audio" if trouble.kind.startswith("audio") else "video"
    place, given = ["body", f"{which}_url"], work.body.get(f"{which}_url")
    status, kind, text = {
        "video_inaccessible": (422, "file_download_error", "Failed to download the file"),
        "audio_inaccessible": (422, "file_download_error", "Failed to download the file"),
        "video_invalid": (422, "unsupported_video_format", "Unsupported video format"),
        "audio_invalid": (422, "unsupported_audio_format", "Unsupported audio format"),
        "video_too_long": (422, "video_duration_too_long", "The video is too long"),
        "audio_too_long": (422, "audio_duration_too_long", "The audio is too long"),
        "content_block": (422, "content_policy_violation", "The content could not be processed: policy violation"),
        "rejected": (422, "content_policy_violation", "The content could not be processed: policy violation"),
        "failed_temporary": (500, "downstream_service_unavailable", "A downstream service is unavailable"),
    }.get(trouble.kind, (500, "internal_server_error", "Internal server error"))
    context = {}
    if "max" in trouble.facts:
        context = {"max_duration": trouble.facts["max"], "provided_duration": trouble.facts["provided"]}
    if kind.startswith("unsupported"):
        context = {"supported_formats": [".mp4", ".mov", ".webm"] if which == "video" else [".wav", ".mp3", ".m4a"]}
    return status, {"detail": [_said(place, kind, text, given, context)]}
