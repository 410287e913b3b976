"""What Runware's tasks take, as tables, and how it names what they do not."""

from __future__ import annotations

from typing import Any

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES
from reperform.emulator.fields import Field, Finding, check

__all__ = ["MODELS", "STORAGE", "errors_in", "rules_broken"]

_UUID = Field(
    pattern=r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}", required=True
)
_FLAG = Field(kind="boolean")
_PART = Field(kind="number", least=0, most=1, step=0.01)
_SHARE = Field(kind="number", least=0, most=1)
_TIME = Field(kind="number", least=0, step=0.01)
_NEEDED_TIME = Field(kind="number", least=0, step=0.01, required=True)
_ADDRESS = Field(pattern=r"https?://\S+")
_NEEDED = Field(required=True)
_COMMON = {
    "taskType": Field(choices=("videoInference",), required=True),
    "taskUUID": _UUID,
    "model": _NEEDED,
    "outputType": Field(choices=("URL",), also=(Field(kind="array", item=Field(choices=("URL",)), counts=(1, 1)),)),
    "outputFormat": Field(choices=("MP4", "WEBM", "MOV")),
    "outputQuality": Field(kind="integer", least=20, most=99),
    "deliveryMethod": Field(choices=("async",)),
    "webhookURL": _ADDRESS,
    "uploadEndpoint": _ADDRESS,
    "safety": Field(kind="object", fields={"checkContent": _FLAG, "mode": Field(choices=("none", "fast", "full"))}),
    "ttl": Field(kind="integer", least=60),
    "includeCost": _FLAG,
    "numberResults": Field(kind="integer", least=1, most=4),
    "routing": Field(kind="any"),
}
_SOURCES = Field(kind="array", item=Field(kind="object", fields={"source": _NEEDED, "id": Field()}), counts=(1, None))
_LINE = Field(kind="object", fields={"provider": Field(), "voiceId": _NEEDED, "text": _NEEDED, "id": Field()})
_REACT_1 = {
    **_COMMON,
    "inputs": Field(
        kind="object",
        required=True,
        fields={
            "video": _NEEDED,
            "audio": Field(also=(_SOURCES,)),
            "audios": _SOURCES,
            "speech": Field(kind="array", item=_LINE, counts=(1, None)),
        },
    ),
    "providerSettings": Field(
        kind="object",
        fields={
            "sync": Field(
                kind="object",
                fields={
                    "syncMode": Field(choices=SYNC_MODES),
                    "editRegion": Field(choices=REGIONS),
                    "emotionPrompt": Field(choices=EMOTIONS),
                    "temperature": _PART,
                    "activeSpeakerDetection": Field(kind="object", fields={"autoDetect": _FLAG}, also=(_FLAG,)),
                    "occlusionDetectionEnabled": _FLAG,
                },
            )
        },
    ),
}
_BOX = Field(kind="array", item=Field(kind="number"), counts=(4, 4))
_SEGMENT = Field(
    kind="object",
    fields={
        "startTime": _NEEDED_TIME,
        "endTime": _NEEDED_TIME,
        "audio": _NEEDED,
        "audioStartTime": _TIME,
        "audioEndTime": _TIME,
    },
)
_SYNC_3 = {
    **_COMMON,
    "inputs": Field(kind="object", required=True, fields={"video": _NEEDED, "audio": Field()}),
    "speech": Field(kind="object", fields={"text": _NEEDED, "voice": _NEEDED}),
    "settings": Field(
        kind="object",
        fields={
            "syncMode": Field(choices=("bounce", "cut_off", "silence", "remap")),
            "mode": Field(choices=REGIONS),
            "emotion": Field(choices=EMOTIONS),
            "temperature": _PART,
            "occlusionDetection": _FLAG,
            "activeSpeakerDetection": Field(
                kind="object",
                fields={
                    "autoDetect": _FLAG,
                    "frameNumber": Field(kind="integer", least=0),
                    "coordinates": Field(kind="array", item=Field(kind="number"), counts=(2, 2)),
                    "boundingBoxes": Field(kind="array", item=_BOX, counts=(1, None)),
                },
            ),
            "segments": Field(kind="array", item=_SEGMENT, counts=(1, None)),
            "tts": Field(
                kind="object",
                fields={
                    "provider": Field(choices=("elevenlabs",)),
                    "stability": _SHARE,
                    "similarityBoost": _SHARE,
                },
            ),
        },
    ),
}
MODELS = {
    "sync:react-1@1": Field(kind="object", fields=_REACT_1),
    "sync:3@0": Field(kind="object", fields=_SYNC_3),
}
STORAGE = Field(
    kind="object",
    fields={
        "taskType": Field(choices=("mediaStorage",), required=True),
        "taskUUID": _UUID,
        "operation": Field(choices=("upload", "delete"), required=True),
        "media": _NEEDED,
    },
)


def errors_in(task: dict[str, Any], field: Field) -> list[dict[str, Any]]:
    """Every error of a task against its table, in Runware's shape without the task's own facts."""
    return [_error(finding) for finding in check(task, field)]


def _error(finding: Finding) -> dict[str, Any]:
    field = finding.field
    named = [part for part in finding.path if isinstance(part, str)]
    last = named[-1] if named else "task"
    code = {"missing": f"missing{_capital(last)}", "unknown": "unknownParameter"}.get(
        finding.problem, f"invalid{_capital(last)}"
    )
    error: dict[str, Any] = {"code": code, "message": _message(finding), "parameter": finding.name}
    if field.choices:
        error["allowedValues"] = list(field.choices)
    error |= {name: value for name, value in (("min", field.least), ("max", field.most)) if value is not None}
    if field.step is not None:
        error["multiplier"] = field.step
    if finding.problem != "unknown":
        error["type"] = field.kind
    return error


def _message(finding: Finding) -> str:
    said = {
        "missing": "Missing required parameter",
        "unknown": "Unsupported use of",
        "type": f"Wrong type, expected {finding.field.kind}, for",
        "choice": "Unsupported value for",
        "least": f"Value below the minimum of {finding.field.least} for",
        "most": f"Value above the maximum of {finding.field.most} for",
    }
    return f"{said.get(finding.problem, 'Invalid value for')} '{finding.name}' parameter."


def rules_broken(task: dict[str, Any]) -> list[dict[str, Any]]:
    """What a table cannot say: which fields go together."""
    inputs, settings = task["inputs"], task.get("settings", {})
    if task["model"] == "sync:react-1@1":
        given = [name for name in ("audio", "audios", "speech") if name in inputs]
        return [] if len(given) == 1 else [_conflict("Provide exactly one of", ["inputs.audio", "inputs.speech"])]
    broken = []
    sources = {
        "inputs.audio": "audio" in inputs,
        "speech": "speech" in task,
        "settings.segments": "segments" in settings,
    }
    if sum(sources.values()) != 1:
        broken.append(_conflict("Provide exactly one of", list(sources)))
    if "tts" in settings and "speech" not in task:
        broken.append(_conflict("Needs speech:", "settings.tts"))
    speaker = settings.get("activeSpeakerDetection", {})
    if "coordinates" in speaker and "boundingBoxes" in speaker:
        names = ["settings.activeSpeakerDetection.coordinates", "settings.activeSpeakerDetection.boundingBoxes"]
        broken.append(_conflict("Provide only one of", names))
    for number, segment in enumerate(settings.get("segments", [])):
        if segment["endTime"] <= segment["startTime"]:
            broken.append(_wrong("invalidEndTime", f"settings.segments.{number}.endTime"))
        if "audioEndTime" in segment and segment["audioEndTime"] <= segment.get("audioStartTime", 0):
            broken.append(_wrong("invalidAudioEndTime", f"settings.segments.{number}.audioEndTime"))
    return broken


def _conflict(text: str, names: str | list[str]) -> dict[str, Any]:
    said = names if isinstance(names, str) else ", ".join(names)
    return {"code": "conflictParameters", "message": f"{text} {said}.", "parameter": names}


def _wrong(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "message": f"'{name}' must be greater than its start.", "parameter": name}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
