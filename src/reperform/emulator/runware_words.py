"""How Runware refuses, and what it calls each trouble."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reperform.emulator.faults import Fault
from reperform.emulator.works import Trouble
from reperform.emulator.world import World

__all__ = ["DIALECT", "envelope", "error", "trouble_said"]

_CODES = {
    "400": (400, "invalidParameter", "Invalid request."),
    "402": (402, "insufficientCredits", "Insufficient credits."),
    "403": (403, "forbidden", "Forbidden."),
    "406": (402, "insufficientCredits", "Insufficient credits."),
    "410": (400, "modelUnavailable", "The model is not available."),
    "500": (500, "internalServerError", "Internal server error."),
    "502": (502, "providerError", "Bad gateway."),
    "503": (503, "serviceUnavailable", "Service unavailable."),
    "504": (504, "providerTimeout", "The provider did not answer in time."),
}
_TROUBLES = {
    "video_inaccessible": ("downloadFailed", "The video could not be downloaded."),
    "audio_inaccessible": ("downloadFailed", "The audio could not be downloaded."),
    "video_invalid": ("invalidVideo", "The video cannot be read."),
    "audio_invalid": ("invalidAudio", "The audio cannot be read."),
    "segments_invalid": ("invalidSegments", "The segments do not fit the video."),
    "video_too_long": ("invalidVideoDuration", "The video is longer than the model supports."),
    "audio_too_long": ("invalidAudioDuration", "The audio is longer than the model supports."),
    "failed": ("inferenceError", "The inference failed."),
    "failed_temporary": ("noAvailableServer", "No server was available. Try again later."),
    "rejected": ("validationFailed", "The task was rejected."),
    "content_block": ("providerContentPolicyViolation", "The provider's content policy does not allow this."),
}


class _Runware:
    name = "runware"

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """A Bearer token, or an authentication task as the first of the array."""
        given = request.scope.get("emulator.key")
        if given is None:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(str(given).encode(), world.keys["runware"].encode()):
            return self._invalid_key()
        return None

    def _invalid_key(self) -> Response:
        message = "Invalid API key. Get one at https://my.runware.ai/signup"
        return envelope([], [error("invalidApiKey", message, "apiKey")], 401)

    def refused(self, code: str, fault: Fault, world: World) -> Response:  # noqa: ARG002 - a dialect's signature
        """In one of its three shapes."""
        if code == "401":
            return self._invalid_key()
        if code.startswith("429"):
            return self._too_many(code, fault)
        status, name, message = _CODES[code]
        return envelope([], [error(name, message, "")], status)

    def _too_many(self, code: str, fault: Fault) -> Response:
        name = "concurrentRateLimitExceeded" if code == "429_concurrency" else "rateLimitExceeded"
        said = error(name, "Too many requests.", ["taskType", "model"])
        headers = {} if fault.value is None else {"Retry-After": fault.value}
        body: Any = {"data": [], "errors": [said]}
        if code == "429_array":
            body = [said]
        elif code == "429_single":
            body = {"error": said, "taskUUID": ""}
        return JSONResponse(body, 429, headers=headers)

    def expired(self, request: Request) -> Response:  # noqa: ARG002 - it looks the same for all
        """As for one that never was."""
        return envelope([], [error("taskFailedOrNotFound", "The task is not known.", "taskUUID")], 404)


DIALECT = _Runware()


def error(code: str, message: str, parameter: str | list[str], task: dict[str, Any] | None = None) -> dict[str, Any]:
    """One error."""
    said: dict[str, Any] = {"code": code, "message": message, "documentation": "https://runware.ai/docs"}
    if parameter:
        said["parameter"] = parameter
    for name in ("taskType", "taskUUID"):
        if task and name in task:
            said[name] = task[name]
    return said


def envelope(data: list[dict[str, Any]], errors: list[dict[str, Any]], status: int) -> Response:
    """Both beside each other; a status of its own only where nothing went well."""
    body: dict[str, Any] = {"data": data}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, 200 if data else status)


def trouble_said(trouble: Trouble | None) -> tuple[str, str]:
    """Code and message."""
    code, message = _TROUBLES.get(trouble.kind if trouble else "", ("unknownError", "Unknown error."))
    return code, f"{message} {trouble.detail if trouble else ''}".strip()
