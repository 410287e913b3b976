"""Shots and cues as the timeline side would find them, with everything that a test does not speak of filled in."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform import engines, planning
from reperform.direction import Direction
from reperform.model import Cue, Plan, PlanSettings, RecordRange, Shot, ShotMedia, Source, TimelineInfo, Voice
from reperform.timing import format_timecode

FILM = Fraction(24000, 1001)
INFO = TimelineInfo(
    path=Path("scene_04.otio"), sha256="0" * 64, name="Scene 04", rate=FILM, start="01:00:00:00", dialect="otio"
)
SETTINGS = PlanSettings()


def cue(
    in_frame: int,
    frames: int,
    *,
    voices: Sequence[Voice] | None = None,
    character: str | None = None,
    paid: bool = False,
    **asked: Any,
) -> Cue:
    """A cue; `asked` is its direction. The sound of the shot drives it unless `voices` says otherwise."""
    return Cue(
        character=character,
        paid=paid,
        id=f"cue@{in_frame}",
        marker="",
        record_in=format_timecode(86400 + in_frame, FILM),
        in_frame=in_frame,
        frames=frames,
        direction=Direction(**asked),
        voices=tuple(voices) if voices is not None else (Voice(kind="own", label="own sound"),),
    )


def spoken_cue(in_frame: int, frames: int, line: str, **asked: Any) -> Cue:
    """A cue whose line the engine is to speak."""
    speech = Voice(kind="speech", line=line, speech_voice=asked.get("voice"))
    return cue(in_frame, frames, voices=[speech], line=line, **asked)


def shot(*cues: Cue, length: int = 400, rate: Fraction = FILM, **changed: Any) -> Shot:
    """A shot that uses all of a file of `length` frames, so that record and media frames are the same."""
    source = Source(
        path=Path("mara.mov"),
        kind="movie",
        rate=rate,
        frames=length,
        width=changed.pop("width", 1920),
        height=changed.pop("height", 1080),
    )
    record = RecordRange(in_="01:00:00:00", out=format_timecode(86400 + length, FILM), in_frame=0, frames=length)
    media = ShotMedia(
        path=source.path, rate=rate, start="14:22:10:05", in_frame=0, frames=length, head=0, tail=0, map=None
    )
    named = {"id": "V1@01:00:00:00", "clip": "MARA_CU_T3", "track": "V1", "index": 0, "address": (0, 0)}
    return Shot(**{**named, "record": record, "media": media, "source": source, "cues": cues, **changed})


def planned(*shots: Shot, target: str = "sync/react-1", settings: PlanSettings = SETTINGS, **more: Any) -> Plan:
    """The plan of the shots for ENGINE/MODEL."""
    engine, model = engines.target(target)
    return planning.plan(shots, info=INFO, engine=engine, model=model, settings=settings, **more)


def messages(plan: Plan, severity: str) -> list[str]:
    """What the plan says, of one severity."""
    return [problem.message for problem in plan.problems if problem.severity == severity]
