"""What Sync's `POST /v2/generate` takes, as tables."""

from __future__ import annotations

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES
from reperform.emulator.fields import Field, Finding

__all__ = ["ASSET", "ESTIMATE", "GENERATE", "LEGACY_ESTIMATE", "MODELS", "UPLOAD", "messages"]

MODELS = ("sync-3", "lipsync-2", "lipsync-2-pro", "lipsync-1.9.0-beta", "react-1")
_TEXT = Field()
_NUMBER = Field(kind="number", least=0)
_BOX = Field(kind="array", nullable=True, item=Field(kind="number"), counts=(4, 4))
_SPEAKER = Field(
    kind="object",
    fields={
        "auto_detect": Field(kind="boolean"),
        "v3": Field(kind="boolean"),
        "frame_number": Field(kind="integer", least=0),
        "coordinates": Field(kind="array", item=Field(kind="number"), counts=(2, 2)),
        "bounding_boxes": Field(kind="array", item=_BOX, counts=(1, None)),
        "bounding_boxes_url": _TEXT,
    },
)
_OVERRIDES = {
    "sync_mode": Field(choices=SYNC_MODES),
    "temperature": Field(kind="number", least=0, most=1),
    "occlusion_detection_enabled": Field(kind="boolean"),
    "active_speaker_detection": _SPEAKER,
}
_OPTIONS = Field(
    kind="object",
    fields={
        **_OVERRIDES,
        "model_mode": Field(choices=REGIONS),
        "prompt": Field(choices=EMOTIONS),
        "i2v_prompt": _TEXT,
    },
)
_PROVIDER = Field(
    kind="object",
    fields={
        "name": Field(choices=("elevenlabs",), required=True),
        "voiceId": Field(required=True),
        "script": Field(required=True, longest=5000),
        "stability": Field(kind="number", least=0, most=1),
        "similarityBoost": Field(kind="number", least=0, most=1),
    },
)
_RANGES = Field(kind="array", item=Field(kind="array", item=Field(kind="number"), counts=(2, 2)))
_INPUT = Field(
    kind="object",
    fields={
        "type": Field(choices=("video", "image", "audio", "text"), required=True),
        "url": _TEXT,
        "assetId": _TEXT,
        "refId": _TEXT,
        "provider": _PROVIDER,
        "segments_secs": _RANGES,
        "segments_frames": _RANGES,
    },
)
_SEGMENT = Field(
    kind="object",
    fields={
        "startTime": Field(kind="number", least=0, required=True),
        "endTime": Field(kind="number", least=0, required=True),
        "audioInput": Field(
            kind="object",
            required=True,
            fields={"refId": Field(required=True), "startTime": _NUMBER, "endTime": _NUMBER},
        ),
        "optionsOverride": Field(kind="object", fields=_OVERRIDES),
    },
)
_DUBBING = Field(
    kind="object",
    fields={
        "providerName": Field(choices=("elevenlabs",), required=True),
        "targetLang": Field(required=True),
        "sourceLang": _TEXT,
        "numSpeakers": Field(kind="integer", least=0),
    },
)
_MODEL = Field(choices=MODELS, required=True)
_INPUTS = Field(kind="array", item=_INPUT, counts=(1, None), required=True)
GENERATE = Field(
    kind="object",
    fields={
        "model": _MODEL,
        "input": _INPUTS,
        "options": _OPTIONS,
        "segments": Field(kind="array", item=_SEGMENT, counts=(1, None)),
        "webhookUrl": Field(pattern=r"https?://[^\s]+"),
        "outputFileName": Field(pattern=r"[A-Za-z0-9_-]{1,255}"),
        "dubParams": _DUBBING,
        "projectId": _TEXT,
    },
)
UPLOAD = Field(
    kind="object",
    fields={
        "fileName": Field(required=True, longest=255, pattern=r"[^/\\]+"),
        "contentType": Field(required=True, pattern=r"(video|audio|image)/[\w.+-]+"),
        "size": Field(kind="integer", least=1, required=True),
    },
)
ASSET = Field(
    kind="object",
    fields={
        "url": Field(required=True),
        "type": Field(choices=("VIDEO", "AUDIO", "IMAGE"), required=True),
        "name": _TEXT,
        "visibility": _TEXT,
        "projectId": _TEXT,
    },
)
ESTIMATE = Field(
    kind="object",
    fields={
        "model": _MODEL,
        "duration": Field(kind="number", least=0, required=True),
        "fps": Field(kind="number", least=1),
        "reasoningEnabled": Field(kind="boolean"),
    },
)
LEGACY_ESTIMATE = Field(kind="object", fields={"model": _MODEL, "input": _INPUTS, "options": _OPTIONS})


def messages(findings: list[Finding]) -> list[str]:
    """What the service's validator says of each finding."""
    return [_message(finding) for finding in findings]


def _message(finding: Finding) -> str:
    name, field = finding.name, finding.field
    said = {
        "missing": f"{name} should not be empty",
        "unknown": f"property {name} should not exist",
        "type": f"{name} must be a {field.kind}",
        "choice": f"{name} must be one of the following values: {', '.join(map(str, field.choices))}",
        "least": f"{name} must not be less than {field.least}",
        "most": f"{name} must not be greater than {field.most}",
        "length": f"{name} must be shorter than or equal to {field.longest} characters",
        "pattern": f"{name} has an invalid format",
        "count": f"{name} must contain {field.counts} elements",
    }
    return said.get(finding.problem, f"{name} is invalid")
