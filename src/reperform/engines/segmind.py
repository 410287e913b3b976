"""Segmind: Sync's react-1 through `POST /v2/sync.so-react-1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import REACT_1_SECONDS, Hosted, wire_sync
from reperform.engines._options import Fields
from reperform.engines.base import Capabilities, JobOrder, Price

__all__ = ["SegmindEngine"]

_REACT_1 = Capabilities(
    engine="segmind",
    model="sync.so-react-1",
    longest_input_seconds=REACT_1_SECONDS,
    emotions=EMOTIONS,
    emotion_required=True,
    regions=REGIONS,
    sync_modes=SYNC_MODES,
    temperature=True,
    speaker=True,
    occlusion=True,
    price=Price(amount=None, unit="request", as_of="2026-11", source="Segmind's page of the model prints no price"),
    environment=("SEGMIND_API_KEY",),
    hosts=("api.segmind.com", "workflows-api.segmind.com"),
    upload_note="What is uploaded to Segmind, and what it returns, lies at public addresses; results for seven days.",
)


class SegmindEngine(Hosted):
    """Segmind. Where `prompt` is missing it performs `happy`, so every request says which emotion it wants."""

    name = "segmind"
    aliases: ClassVar[Mapping[str, str]] = {"react-1": "sync.so-react-1"}
    table: ClassVar[tuple[Capabilities, ...]] = (_REACT_1,)
    fields: ClassVar[Fields] = Fields(
        engine="segmind",
        words={
            "sync_mode": "sync",
            "model_mode": "region",
            "prompt": "emotion",
            "temperature": "temperature",
            "auto_active_speaker_detection": "speaker",
            "occlusion_detection_enabled": "occlusion",
        },
    )

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's fields with the model's defaults filled in; `neutral` where no emotion is asked for."""
        return {
            "sync_mode": wire_sync(direction, self.capabilities(model)),
            "model_mode": direction.region or "face",
            "prompt": direction.emotion or "neutral",
            "temperature": 0.5 if direction.temperature is None else direction.temperature,
            "auto_active_speaker_detection": direction.speaker == "auto",
            "occlusion_detection_enabled": bool(direction.occlusion),
        }

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:  # noqa: ARG002
        """The JSON body, every field of it. It has no place for `identity`."""
        self.fields.values(order.options)
        return {"video_url": video, "audio_url": audio} | self.parameters(order.direction, order.model)
