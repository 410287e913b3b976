"""The cut, its shots and their versions as JSON: what the page reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reperform.ledger.records import Verdict
from reperform.review import waves
from reperform.timeline.alternates import ORIGINAL
from reperform.timing import format_timecode

if TYPE_CHECKING:
    from reperform.model import Cue, Problem
    from reperform.review.scene import Scene, SceneShot
    from reperform.review.standing import Progress
    from reperform.review.strip import Piece
    from reperform.review.versions import Version

__all__ = ["chosen_in", "clip_json", "encoded", "head_json", "problem_json", "shot_json"]

_SCRIPTS = re.compile("[<>&\u2028\u2029]")


def encoded(value: Any) -> bytes:
    """JSON in which no name can end a script or begin a tag, wherever it is put."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _SCRIPTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode("utf-8", "backslashreplace")


def head_json(scene: Scene) -> dict[str, Any]:
    """What is said of the cut as a whole, but for what changes as it is looked at."""
    cut = scene.cut
    return {
        "name": cut.name or scene.out.stem,
        "path": str(scene.out),
        "rate": f"{cut.rate.numerator}/{cut.rate.denominator}",
        "fps": round(float(cut.rate), 3),
        "start": cut.timecode(0),
        "start_frame": cut.start_frame,
        "drop_frame": cut.drop_frame,
        "frames": scene.frames,
        "engine": scene.plan.engine if scene.plan else None,
        "model": scene.plan.model if scene.plan else None,
    }


def clip_json(piece: Piece, scene: Scene, *, offline: str | None) -> dict[str, Any]:
    """One clip of the strip."""
    cut = scene.cut
    return {
        "index": piece.index,
        "name": piece.placed.name,
        "track": piece.placed.track.label,
        "record_frame": piece.record_frame,
        "frames": piece.frames,
        "record_in": cut.timecode(piece.record_frame),
        "record_out": cut.timecode(piece.record_frame + piece.frames),
        "shot": piece.shot,
        "still": None if offline else f"/thumb/clip/{piece.index}.jpg",
        "video": None if offline else f"/media/clip/{piece.index}.mp4",
        "sound": None if offline or piece.shot else f"/sound/clip/{piece.index}.wav",
        "wave": None if offline or piece.shot else f"/wave/clip/{piece.index}.json",
        "offline": offline,
    }


def shot_json(
    shot: SceneShot,
    scene: Scene,
    *,
    versions: Sequence[Version],
    progress: Progress,
    verdicts: Mapping[tuple[str, str], Verdict],
    offline: str | None,
    ready: Any,
) -> dict[str, Any]:
    """One shot with its versions. `ready` says of a version whether its proxy is made."""
    cut, record = scene.cut, shot.placed.record
    source_in, source_rate, drop = _source(shot)
    document = shot.document
    has_voice = document is not None and not offline and waves.has_voice(document)
    place = quote(shot.id, safe="")
    return {
        "id": shot.id,
        "clip": shot.placed.name,
        "clip_index": shot.clip_index,
        "track": shot.placed.track.label,
        "record_frame": record.start,
        "frames": record.frames,
        "record_in": cut.timecode(record.start),
        "record_out": cut.timecode(record.end),
        "source_in": source_in,
        "source_rate": source_rate,
        "source_drop_frame": drop,
        "state": progress.state,
        "state_word": progress.word,
        "progress": progress.fraction,
        "offline": offline,
        "cues": cues_json(shot, scene),
        "versions": [
            _version_json(each, place, verdicts.get((shot.id, each.id), Verdict()), ready=ready(each), offline=offline)
            for each in versions
        ],
        "voice": {"sound": f"/sound/{place}/voice.wav", "wave": f"/wave/{place}/voice.json"} if has_voice else None,
        "chosen": chosen_in(shot, versions, verdicts),
        "in_cut": shot.in_cut,
    }


def chosen_in(shot: SceneShot, versions: Sequence[Version], verdicts: Mapping[tuple[str, str], Verdict]) -> str:
    """The version that Save would put into the cut: the circled one, else the one that stands in it."""
    circled = (each.id for each in versions if verdicts.get((shot.id, each.id), Verdict()).circled)
    return next(circled, shot.in_cut)


def cues_json(shot: SceneShot, scene: Scene) -> list[dict[str, Any]]:
    """The cues of a shot, in frames of the cut from its first."""
    if shot.document is not None:
        media = shot.document.media
        return [_cue_json(cue, media.in_frame, media.rate, scene) for cue in shot.document.cues]
    if shot.record is None:
        return []
    found: dict[str, dict[str, Any]] = {}
    for entry in shot.entries:
        for cue in entry.record.cues:
            start, frames = _in_cut(
                int(cue["in_frame"]) - shot.record.in_frame, int(cue["frames"]), shot.record.rate, scene
            )
            direction = dict(cue.get("direction") or {})
            found[str(cue.get("id"))] = {
                "id": cue.get("id"),
                "frame": start,
                "frames": frames,
                "character": cue.get("character"),
                "text": direction.get("line") or cue.get("marker") or "",
                "direction": direction,
                "voices": [],
            }
    return list(found.values())


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as the page shows it."""
    return {
        "severity": problem.severity,
        "where": problem.where.model_dump(mode="json"),
        "message": problem.message,
        "fix": problem.fix,
    }


def _cue_json(cue: Cue, zero: int, rate: Fraction, scene: Scene) -> dict[str, Any]:
    start, frames = _in_cut(cue.in_frame - zero, cue.frames, rate, scene)
    return {
        "id": cue.id,
        "frame": start,
        "frames": frames,
        "character": cue.character,
        "text": cue.direction.line or cue.marker,
        "direction": cue.direction.model_dump(mode="json", exclude_none=True),
        "voices": [each.label or (Path(each.path).name if each.path else each.kind) for each in cue.voices],
    }


def _in_cut(start: int, frames: int, rate: Fraction, scene: Scene) -> tuple[int, int]:
    """Frames of the shot's clock as frames of the cut, half-open."""
    step = scene.cut.rate / rate
    first = int(start * step)
    return first, max(1, -int(-(start + frames) * step // 1) - first)


def _version_json(
    version: Version, place: str, verdict: Verdict, *, ready: bool, offline: str | None
) -> dict[str, Any]:
    own = quote(version.id, safe="")
    away = offline if version.kind == "original" else None if version.path else "its file is on no path of this machine"
    return {
        "id": version.id,
        "label": version.label,
        "kind": version.kind,
        "number": version.number,
        "file": version.path.name if version.path else None,
        "engine": version.engine or None,
        "model": version.model or None,
        "direction": dict(version.cues[0]["direction"]) if version.cues else {},
        "directions": [{"cue": each["id"], "direction": dict(each["direction"])} for each in version.cues],
        "cost": version.cost,
        "currency": version.currency,
        "checks": [each.model_dump(mode="json", exclude_none=True) for each in version.checks],
        "passed": version.passed,
        "ready": ready,
        "offline": away,
        "video": None if away else f"/media/{place}/{own}.mp4",
        "still": None if away else f"/thumb/{place}/{own}.jpg",
        "wave": None if away else f"/wave/{place}/{own}.json",
        "sound": None if away else f"/sound/{place}/{own}.wav",
        "in_timeline": version.in_timeline or version.id == ORIGINAL,
        "decision": {
            "circled": verdict.circled,
            "rejected": verdict.rejected,
            "notes": [
                {"id": note.id, "frame": note.frame, "timecode": note.timecode, "text": note.text}
                for note in verdict.notes
            ],
        },
    }


def _source(shot: SceneShot) -> tuple[str | None, str, bool]:
    """Source timecode of the first visible frame, the source's rate, and how its timecode counts."""
    document, record = shot.document, shot.record
    if document is not None:
        rate = document.source.rate
        return document.media.start, f"{rate.numerator}/{rate.denominator}", document.source.drop_frame
    assert record is not None, "a shot is known from a run or from the timeline"
    drop = any(entry.record.drop_frame for entry in shot.entries)
    spelled = f"{record.rate.numerator}/{record.rate.denominator}"
    if record.source_start is None or record.clock != "media":
        return None, spelled, drop
    return format_timecode(record.source_start + record.in_frame, record.rate, drop_frame=drop), spelled, drop
