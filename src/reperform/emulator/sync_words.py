"""How Sync refuses, and what it calls each trouble."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reperform.emulator.faults import Fault
from reperform.emulator.works import Trouble
from reperform.emulator.world import World

__all__ = ["DIALECT", "bad", "catalogue", "refuse", "trouble_said"]

_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    410: "Gone",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_CODES = {
    "400": (400, "generation_input_validation_failed", "Bad request"),
    "402": (402, "account_payment_required", "Your account has an outstanding balance."),
    "403": (402, "plan_feature_unavailable", "This model is not available on your plan."),
    "406": (402, "account_payment_required", "Your account has an outstanding balance."),
    "410": (422, "generation_unsupported_model", "This model is not supported."),
    "500": (500, "internal_error", "Internal server error"),
    "502": (502, "controller_dependency_error", "Bad gateway"),
    "503": (503, "controller_unavailable", "Service unavailable"),
    "504": (504, "controller_timeout", "Gateway timeout"),
}
_TROUBLES = {
    "video_inaccessible": ("generation_input_video_inaccessible", "The input video could not be accessed."),
    "audio_inaccessible": ("generation_input_audio_inaccessible", "The input audio could not be accessed."),
    "image_inaccessible": ("generation_input_image_inaccessible", "The input image could not be accessed."),
    "video_invalid": ("generation_input_video_invalid", "The input video is invalid."),
    "audio_invalid": ("generation_input_audio_invalid", "The input audio is invalid."),
    "segments_invalid": ("generation_input_segments_invalid", "The segments are invalid."),
    "raster": ("generation_input_resolution_unsupported", "The resolution of the input is not supported."),
    "video_too_long": ("generation_model_duration_exceeded", "The input is longer than the model supports."),
    "audio_too_long": ("generation_model_duration_exceeded", "The input is longer than the model supports."),
    "sound_too_long": (
        "generation_input_duration_greater_than_max_duration",
        "The input audio is longer than 300 seconds.",
    ),
    "failed": ("generation_pipeline_failed", "The generation failed."),
    "failed_temporary": ("generation_infra_resource_exhausted", "No capacity was available. Please try again."),
    "rejected": ("plan_feature_unavailable", "This generation was rejected."),
    "content_block": ("generation_input_validation_failed", "This generation was rejected by content moderation."),
}


class _Sync:
    name = "sync"

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """Two shapes: no key, and a key that is not known."""
        given = request.headers.get("x-api-key")
        if given is None:
            message = "Either Cookie or x-api-key header must be provided"
            return JSONResponse({"message": message, "error": "Unauthorized", "statusCode": 401}, 401)
        if not secrets.compare_digest(given.encode(), world.keys["sync"].encode()):
            return JSONResponse({"message": "Unauthorized", "statusCode": 401}, 401)
        return None

    def refused(self, code: str, fault: Fault, world: World) -> Response:
        """In NestJS's shape."""
        if code == "401":
            return JSONResponse({"message": "Unauthorized", "statusCode": 401}, 401)
        if code == "429_concurrency":
            seconds = fault.number(1)
            extra: dict[str, Any] = {
                "activeGenerations": world.active("sync"),
                "concurrencyLimit": world.conduct.concurrency.get("sync", world.active("sync")),
                "retryAfterSeconds": seconds,
                "upgradeUrl": "https://sync.so/billing",
            }
            return refuse(429, "concurrency_limit_reached", "Concurrency limit reached", **extra)
        if code.startswith("429"):
            headers = {} if fault.value is None else {"Retry-After": fault.value}
            return refuse(429, "rate_limit_exceeded", "Rate limit exceeded", headers=headers)
        status, name, message = _CODES[code]
        return refuse(status, name, message)

    def expired(self, request: Request) -> Response:  # noqa: ARG002 - it looks the same for all
        """As for one that never was."""
        return refuse(404, "generation_not_found", "Generation not found")


DIALECT = _Sync()


def refuse(
    status: int, code: str, message: str | list[str], *, headers: dict[str, str] | None = None, **extra: Any
) -> Response:
    """One refusal."""
    body = {"statusCode": status, "message": message, "error": _REASONS[status], "errorCode": code}
    body |= {"error_code": code, "requestId": secrets.token_hex(8)} | extra
    return JSONResponse(body, status, headers=headers)


def bad(messages: list[str]) -> Response:
    """A request that does not fit its table."""
    return refuse(400, "generation_input_validation_failed", messages)


def trouble_said(trouble: Trouble) -> tuple[str, str]:
    """Code and message."""
    code, message = _TROUBLES.get(trouble.kind, ("generation_unknown_error", "An unknown error occurred."))
    return code, f"{message} {trouble.detail}".strip()


def catalogue() -> list[dict[str, str]]:
    """Of `GET /v2/errors`."""
    known = dict(_TROUBLES.values())
    known |= {code: message for _, code, message in _CODES.values()}
    return [{"code": code, "message": text, "suggestion": ""} for code, text in sorted(known.items())]
