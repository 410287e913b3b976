"""What Sync is asked for: its models, their options, and the body of `POST /v2/generate`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import REACT_1_SECONDS, Hosted, seconds, wire_sync
from reperform.engines._options import Fields, Option, merge
from reperform.engines.base import Capabilities, JobOrder, Price, SegmentOrder

__all__ = ["SyncRequests"]

_SPEAKING_TEMPERATURE = 0.5
_SEGMENTED = ("sync-3", "lipsync-2", "lipsync-2-pro")


def _price(a_second: str) -> Price:
    return Price(
        amount=Fraction(a_second) / 25,
        unit="output frame",
        table_rate=Fraction(25),
        as_of="2026-08-25",
        source="Sync's price table (docs.sync.so), the price of small volumes",
    )


_REACT_1 = Capabilities(
    engine="sync",
    model="react-1",
    longest_input_seconds=REACT_1_SECONDS,
    rates=(Fraction(24), Fraction(25), Fraction(30)),
    largest_raster=(4096, 2160),
    smallest_raster=(640, 480),
    speech=True,
    emotions=EMOTIONS,
    regions=REGIONS,
    sync_modes=SYNC_MODES,
    temperature=True,
    price=_price("0.167"),
    environment=("SYNC_API_KEY",),
    hosts=("api.sync.so",),
    upload_note="Sync keeps what is uploaded at addresses that last seven days.",
)
_SYNC_3 = replace(
    _REACT_1,
    model="sync-3",
    longest_input_seconds=None,
    segments=True,
    segment_fields=("sync", "speaker", "occlusion"),
    segment_speech=True,
    emotions=(),
    regions=(),
    temperature=False,
    speaker=True,
    speaker_points=True,
    occlusion=True,
    price=_price("0.133"),
)
_LIPSYNC_2 = replace(
    _SYNC_3,
    model="lipsync-2",
    segment_fields=("sync", "speaker", "occlusion", "temperature"),
    temperature=True,
    price=_price("0.05"),
)
_LIPSYNC_2_PRO = replace(_LIPSYNC_2, model="lipsync-2-pro", price=_price("0.083"))


class SyncRequests(Hosted):
    """The tables and the request. Options that a model does not support are ignored at Sync, so they are not sent."""

    name = "sync"
    table: ClassVar[tuple[Capabilities, ...]] = (_REACT_1, _SYNC_3, _LIPSYNC_2, _LIPSYNC_2_PRO)
    fields: ClassVar[Fields] = Fields(
        engine="sync",
        options=(
            Option(name="webhookUrl", kind="address", secret=True, about="Called when the job is done."),
            Option(name="projectId", about="The Sync project that the job is filed under."),
            Option(
                name="upload",
                kind="choice",
                choices=("assets", "multipart"),
                default="assets",
                place="call",
                about="`multipart` sends small media inside the submit, so that Sync keeps no asset of them.",
            ),
            Option(name="provider.name", kind="choice", choices=("elevenlabs",), default="elevenlabs", claimed=True),
            Option(name="provider.stability", kind="number", least=0, most=1, default="0.5", claimed=True),
            Option(name="provider.similarityBoost", kind="number", least=0, most=1, default="0.75", claimed=True),
            Option(
                name="active_speaker_detection.v3",
                kind="switch",
                path=("options", "active_speaker_detection", "v3"),
                models=_SEGMENTED,
                claimed=True,
            ),
        ),
        words={
            "sync_mode": "sync",
            "model_mode": "region",
            "prompt": "emotion",
            "temperature": "temperature",
            "active_speaker_detection": "speaker",
            "occlusion_detection_enabled": "occlusion",
        },
    )

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's `options` with the model's defaults filled in, and its line where it has one to be spoken."""
        can = self.capabilities(model)
        wire: dict[str, Any] = {"sync_mode": wire_sync(direction, can)}
        if can.regions:
            wire["model_mode"] = direction.region or "face"
        if can.emotions:
            wire["prompt"] = direction.emotion
        if can.temperature:
            wire["temperature"] = _temperature(direction)
        if can.occlusion:
            wire["occlusion_detection_enabled"] = bool(direction.occlusion)
        if can.speaker:
            wire["active_speaker_detection"] = _speaker_asked(direction)
        if direction.line:
            wire["provider"] = _provider(direction.line, direction.voice, {})
        return wire

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        """The JSON body of `POST /v2/generate`. Its `outputFileName` is the attempt's identity, to find it again by."""
        can = self.capabilities(order.model)
        extra = self.fields.body(order.options, model=order.model)
        provider = extra.pop("provider", {})
        body: dict[str, Any] = {
            "model": order.model,
            "input": [{"type": "video", "url": video}, *_voices(order, audio, provider, named=can.segments)],
            "options": self._options(order.segments[0], order),
            "outputFileName": identity,
        }
        if can.segments:
            body["segments"] = [self._segment(segment, order) for segment in order.segments]
        return merge(body, extra)

    def _options(self, segment: SegmentOrder, order: JobOrder) -> dict[str, Any]:
        can = self.capabilities(order.model)
        direction = segment.direction
        options: dict[str, Any] = {"sync_mode": "silence" if segment.line else wire_sync(direction, can)}
        if can.regions:
            options["model_mode"] = direction.region or "face"
        if can.emotions and direction.emotion:
            options["prompt"] = direction.emotion
        if can.temperature:
            options["temperature"] = _temperature(direction)
        if can.speaker and (speaker := _speaker(segment)):
            options["active_speaker_detection"] = speaker
        if can.occlusion and direction.occlusion is not None:
            options["occlusion_detection_enabled"] = direction.occlusion
        return options

    def _segment(self, segment: SegmentOrder, order: JobOrder) -> dict[str, Any]:
        start, end = seconds(segment.start_seconds), seconds(segment.end_seconds)
        wire: dict[str, Any] = {"startTime": start, "endTime": end}
        if segment.line:
            wire["audioInput"] = {"refId": _line_name(order, segment)}
        else:
            wire["audioInput"] = {"refId": "audio", "startTime": start, "endTime": end}
        shared, own = self._options(order.segments[0], order), self._options(segment, order)
        override = {name: value for name, value in own.items() if shared.get(name) != value}
        return wire | ({"optionsOverride": override} if override else {})


def _temperature(direction: Direction) -> float:
    return _SPEAKING_TEMPERATURE if direction.temperature is None else direction.temperature


def _speaker_asked(direction: Direction) -> dict[str, Any] | None:
    """The speaker as directed, before pixels are scaled to what is sent."""
    if direction.boxes:
        return {"bounding_boxes": direction.boxes}
    if direction.speaker == "auto":
        return {"auto_detect": True}
    return {"coordinates": list(direction.speaker)} if direction.speaker else None


def _speaker(segment: SegmentOrder) -> dict[str, Any] | None:
    if any(segment.boxes):
        return {"bounding_boxes": [list(box) if box else None for box in segment.boxes]}
    if segment.direction.speaker == "auto":
        return {"auto_detect": True}
    if segment.direction.speaker:
        return {"frame_number": segment.first_frame, "coordinates": list(segment.direction.speaker)}
    return None


def _voices(order: JobOrder, audio: str | None, provider: dict[str, Any], *, named: bool) -> list[dict[str, Any]]:
    """The sound that is sent, and the lines to be spoken. Segments find each by its `refId`."""
    voices: list[dict[str, Any]] = []
    if audio is not None and any(not segment.line for segment in order.segments):
        voices.append({"type": "audio", "url": audio} | ({"refId": "audio"} if named else {}))
    for segment in order.segments:
        if segment.line:
            text = {"type": "text", "provider": _provider(segment.line, segment.speech_voice, provider)}
            voices.append(text | ({"refId": _line_name(order, segment)} if named else {}))
    return voices


def _provider(line: str, voice: str | None, settings: dict[str, Any]) -> dict[str, Any]:
    return {"name": "elevenlabs", "voiceId": voice, "script": line} | settings


def _line_name(order: JobOrder, segment: SegmentOrder) -> str:
    return f"line_{order.segments.index(segment) + 1}"
