"""What Runware is asked for: its models, their options, and the `videoInference` task that is posted to `/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._hosted import REACT_1_SECONDS, Hosted, seconds, wire_sync
from reperform.engines._options import Fields, Option, merge
from reperform.engines.base import Capabilities, JobOrder, Price, SegmentOrder

__all__ = ["RunwareRequests"]

_REACT_1 = Capabilities(
    engine="runware",
    model="sync:react-1@1",
    longest_input_seconds=REACT_1_SECONDS,
    emotions=EMOTIONS,
    regions=REGIONS,
    sync_modes=SYNC_MODES,
    temperature=True,
    speaker=True,
    occlusion=True,
    results_per_job=4,
    price=Price(
        amount=Fraction("0.1467"),
        unit="second of audio",
        as_of="2026-11",
        source="Runware's page of the model, and the price block of its schema",
    ),
    environment=("RUNWARE_API_KEY",),
    hosts=("api.runware.ai",),
    upload_note="How long Runware keeps what is uploaded is not published. `runware.ttl` shortens the life of results.",
)
_SYNC_3 = replace(
    _REACT_1,
    model="sync:3@0",
    longest_input_seconds=None,
    segments=True,
    speech=True,
    sync_modes=("bounce", "cut_off", "silence", "remap"),
    speaker_points=True,
    price=Price(
        amount=Fraction("0.133"),
        unit="second of output",
        as_of="2026-11",
        source="price tables and measurements of others; Runware's page prints none",
    ),
)
_DAY = 24 * 60 * 60


class RunwareRequests(Hosted):
    """The described part of the engine; `runware.RunwareEngine` adds the network steps."""

    name = "runware"
    aliases: ClassVar[Mapping[str, str]] = {"react-1": "sync:react-1@1", "sync-3": "sync:3@0"}
    table: ClassVar[tuple[Capabilities, ...]] = (_REACT_1, _SYNC_3)
    fields: ClassVar[Fields] = Fields(
        engine="runware",
        options=(
            Option(name="outputFormat", kind="choice", choices=("MP4", "WEBM", "MOV"), default="MP4", claimed=True),
            Option(name="outputQuality", kind="whole", least=20, most=99, default="95", claimed=True),
            Option(
                name="webhookURL",
                kind="address",
                secret=True,
                about="Called for each finished item. It is not signed: put a token into its query.",
            ),
            Option(
                name="uploadEndpoint",
                kind="address",
                secret=True,
                about="The result is also put there; reperform fetches it all the same.",
            ),
            Option(name="safety.checkContent", kind="switch", default="off"),
            Option(name="safety.mode", kind="choice", choices=("none", "fast", "full"), default="none"),
            Option(
                name="ttl",
                kind="whole",
                least=60,
                caution=(_DAY, "the result is gone after less than a day; a run resumed later finds nothing."),
                about="Seconds that the result stays at its address.",
            ),
            Option(
                name="tts.provider",
                kind="choice",
                choices=("elevenlabs",),
                default="elevenlabs",
                path=("settings", "tts", "provider"),
                models=("sync:3@0",),
                claimed=True,
            ),
            *(
                Option(
                    name=f"tts.{name}",
                    kind="number",
                    least=0,
                    most=1,
                    path=("settings", "tts", name),
                    models=("sync:3@0",),
                    claimed=True,
                )
                for name in ("stability", "similarityBoost")
            ),
            Option(
                name="upload",
                kind="choice",
                choices=("storage", "inline"),
                default="storage",
                place="call",
                about="`inline` sends small media inside the submit, so that Runware stores none of them.",
            ),
        ),
        words={
            "syncMode": "sync",
            "editRegion": "region",
            "mode": "region",
            "emotionPrompt": "emotion",
            "emotion": "emotion",
            "temperature": "temperature",
            "activeSpeakerDetection": "speaker",
            "activeSpeakerDetection.autoDetect": "speaker",
            "activeSpeakerDetection.coordinates": "speaker",
            "activeSpeakerDetection.boundingBoxes": "boxes",
            "occlusionDetectionEnabled": "occlusion",
            "occlusionDetection": "occlusion",
            "numberResults": "takes",
            "speech.text": "line",
            "speech.voice": "voice",
        },
    )

    def authentication(self, key: str) -> dict[str, str]:
        """Runware's is a bearer token."""
        return {"Authorization": f"Bearer {key}"}

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's settings with the model's defaults filled in, and its line where it has one to be spoken."""
        can = self.capabilities(model)
        asked = {"temperature": 0.5 if direction.temperature is None else direction.temperature}
        wire: dict[str, Any] = {"syncMode": wire_sync(direction, can)} | asked
        if can.segments:
            wire |= {"mode": direction.region, "emotion": direction.emotion}
            wire |= {"occlusionDetection": bool(direction.occlusion)}
        else:
            wire |= {"editRegion": direction.region or "face", "emotionPrompt": direction.emotion}
            wire |= {"occlusionDetectionEnabled": bool(direction.occlusion)}
        wire["activeSpeakerDetection"] = _speaker_asked(direction)
        if direction.line:
            wire["speech"] = {"text": direction.line, "voice": direction.voice}
        return wire

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        """One task; it is posted as an array of one. `identity` is its `taskUUID`."""
        task: dict[str, Any] = {
            "taskType": "videoInference",
            "taskUUID": identity,
            "model": order.model,
            "deliveryMethod": "async",
            "outputType": "URL",
            "outputFormat": "MP4",
            "outputQuality": 95,
            "includeCost": True,
            "numberResults": order.results,
            "inputs": {"video": video},
        }
        if self.capabilities(order.model).segments:
            task |= self._sync_3(order, audio)
        else:
            task["inputs"]["audio"] = audio
            task["providerSettings"] = {"sync": self._react_1(order.segments[0])}
        return merge(task, self.fields.body(order.options, model=order.model))

    def _react_1(self, segment: SegmentOrder) -> dict[str, Any]:
        direction = segment.direction
        wire: dict[str, Any] = {
            "syncMode": wire_sync(direction, _REACT_1),
            "editRegion": direction.region or "face",
            "temperature": 0.5 if direction.temperature is None else direction.temperature,
        }
        if direction.emotion:
            wire["emotionPrompt"] = direction.emotion
        if direction.speaker == "auto":
            wire["activeSpeakerDetection"] = {"autoDetect": True}
        if direction.occlusion is not None:
            wire["occlusionDetectionEnabled"] = direction.occlusion
        return wire

    def _sync_3(self, order: JobOrder, audio: str | None) -> dict[str, Any]:
        """Exactly one source of the voice: the line to be spoken, or segments of the sound that is sent."""
        first = order.segments[0]
        settings = self._sync_3_settings(first)
        if first.line:
            return {"speech": {"text": first.line, "voice": first.speech_voice}, "settings": settings}
        settings["segments"] = [_segment(segment, audio) for segment in order.segments]
        return {"settings": settings}

    def _sync_3_settings(self, segment: SegmentOrder) -> dict[str, Any]:
        direction = segment.direction
        wire: dict[str, Any] = {
            "syncMode": "silence" if segment.line else wire_sync(direction, _SYNC_3),
            "temperature": 0.5 if direction.temperature is None else direction.temperature,
        }
        if direction.region:
            wire["mode"] = direction.region
        if direction.emotion:
            wire["emotion"] = direction.emotion
        if direction.occlusion is not None:
            wire["occlusionDetection"] = direction.occlusion
        if speaker := _speaker(segment):
            wire["activeSpeakerDetection"] = speaker
        return wire


def _segment(segment: SegmentOrder, audio: str | None) -> dict[str, Any]:
    start, end = seconds(segment.start_seconds), seconds(segment.end_seconds)
    return {"startTime": start, "endTime": end, "audio": audio, "audioStartTime": start, "audioEndTime": end}


def _speaker_asked(direction: Direction) -> dict[str, Any]:
    """The speaker as directed, before pixels are scaled to what is sent."""
    if direction.boxes:
        return {"boundingBoxes": direction.boxes}
    if isinstance(direction.speaker, tuple):
        return {"coordinates": list(direction.speaker)}
    return {"autoDetect": direction.speaker == "auto"}


def _speaker(segment: SegmentOrder) -> dict[str, Any] | None:
    if any(segment.boxes):
        return {"boundingBoxes": [list(box) for box in _filled(segment.boxes)]}
    if segment.direction.speaker == "auto":
        return {"autoDetect": True}
    if segment.direction.speaker:
        return {"frameNumber": segment.first_frame, "coordinates": list(segment.direction.speaker)}
    return None


def _filled(boxes: tuple[tuple[int, int, int, int] | None, ...]) -> list[tuple[int, int, int, int]]:
    """A box for every frame: where there is none, the one before it, else the first."""
    box = next(box for box in boxes if box)
    return [box := here or box for here in boxes]
