"""What is recorded of a take and of a shot that has takes."""

from __future__ import annotations

import hashlib
from typing import Any

from reperform.model import Shot, Take, TakeCue
from reperform.timeline.records import ClipRecord, TakeRecord

__all__ = ["clip_record_of", "take_record_of"]


def take_record_of(take: Take) -> TakeRecord:
    """What the reference of this take says."""
    return TakeRecord(
        take=take.id,
        number=take.number,
        shot=take.shot_id,
        preview=take.preview,
        engine=take.engine,
        model=take.model,
        rate=take.rate,
        in_frame=take.in_frame,
        frames=take.frames,
        start_frame=take.start_frame,
        drop_frame=take.drop_frame,
        reel=take.reel,
        cues=tuple(_cue(cue) for cue in take.cues),
        keys=tuple(cue.key for cue in take.cues),
        cost=take.cost.model_dump(mode="json"),
        checks=tuple(check.model_dump(mode="json", exclude_defaults=True) for check in take.checks),
        consent=take.consent,
        composite=tuple(each.model_dump(mode="json") for each in take.composite),
        matched=tuple(each.model_dump(mode="json") for each in take.matched),
        viewing=None if take.viewing is None else take.viewing.model_dump(mode="json"),
        credentials=None if take.credentials is None else take.credentials.model_dump(mode="json"),
        source={"identity": take.source_identity, "name": take.source_name},
        made_at=take.made_at,
        sequence=take.sequence,
    )


def _cue(cue: TakeCue) -> dict[str, Any]:
    return {
        "id": cue.id,
        "key": cue.key,
        "marker": cue.marker,
        "character": cue.character,
        "direction": cue.direction.model_dump(mode="json", exclude_none=True),
        "in_frame": cue.in_frame,
        "frames": cue.frames,
        "result": cue.result_id,
    }


def clip_record_of(shot: Shot, original: str) -> ClipRecord:
    """What the clip of this shot says, before anything is chosen."""
    return ClipRecord(
        shot=shot.id,
        original=original,
        clock=shot.clock,
        record_in=shot.record.in_,
        record_out=shot.record.out,
        in_frame=shot.media.in_frame,
        frames=shot.media.frames,
        rate=shot.media.rate,
        source_start=shot.source.start_frame,
        source_frames=shot.source.frames,
        shown=_shown(shot),
        voice_in_cut=shot.voice_in_cut,
    )


def _shown(shot: Shot) -> str | None:
    if shot.media.map is None:
        return None
    visible = shot.media.map[shot.media.head :][: shot.media.frames]
    return hashlib.sha256(repr(visible).encode()).hexdigest()[:16]
