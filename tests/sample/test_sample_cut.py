"""The sample cut: what the script makes, what stands in it, and what each of its marks becomes."""

from __future__ import annotations

import json
from pathlib import Path

import opentimelineio as otio
import pytest

import cut
import make
from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.grammar import KEYS, parse_mark
from reperform.media.probing import probe
from reperform.model import Plan, Shot
from reperform.settings import Settings
from reperform.workflow import make_plan
from sample_scene import SAMPLE

COMMITTED = SAMPLE / "the_letter.otio"


@pytest.fixture(scope="module")
def plan(sample: Path) -> Plan:
    return make_plan(sample / "the_letter.otio", Settings()).plan


def _marks() -> list[cut.Mark]:
    return [mark for shot in cut.SHOTS for mark in shot.marks] + [cut.READING, *cut.DECIDING]


def test_the_committed_timeline_is_what_the_script_makes() -> None:
    """`python sample_timelines/make.py` writes what is committed, to the letter."""
    made = cut.timeline(make.ORIGINALS).to_json_string(indent=2) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == made, "run `python sample_timelines/make.py`"


def test_it_is_small_enough_to_commit() -> None:
    """Under 3 MB, and its media are made on first use."""
    assert COMMITTED.stat().st_size < 3_000_000


@pytest.mark.parametrize("key", sorted({*KEYS}))
def test_every_key_of_the_grammar_stands_in_it(key: str) -> None:
    """As a pair or as the bare word that means it."""
    written = "\n".join(f"{mark.name.removeprefix('RP')}\n{mark.comment}" for mark in _marks()).lower()
    words = {"emotion": EMOTIONS, "region": REGIONS, "sync": SYNC_MODES, "temperature": ("0.8",)}.get(key, ())
    assert f"{key}:" in written or any(word in written for word in words)


@pytest.mark.parametrize("word", [*EMOTIONS, *REGIONS, *SYNC_MODES])
def test_every_word_of_the_grammar_is_asked_for(word: str, plan: Plan) -> None:
    """Each emotion, region and sync mode by one cue at least."""
    asked = [cue.direction for shot in plan.shots for cue in shot.cues]
    assert word in {part for one in asked for part in (one.emotion, one.region, one.sync)}


def test_marks_stand_wherever_a_mark_may() -> None:
    """On picture, on sound, on a gap, in a nested stack, on a track, on the timeline."""
    timeline = otio.adapters.read_from_file(str(COMMITTED))
    found = set()
    for item in [timeline.tracks, *timeline.tracks.find_children()]:
        for _ in getattr(item, "markers", ()):
            nested = item.parent() is not None and item.parent().parent() not in (None, timeline.tracks)
            kind = item.kind if isinstance(item, otio.schema.Track) else getattr(item.parent(), "kind", "")
            found.add(f"{'nested ' if nested else ''}{kind} {type(item).__name__}".strip())
    assert found == {"Stack", "Video Track", "Video Clip", "Audio Clip", "Audio Gap", "nested Video Clip"}


CUES = {
    # record timecode: clip, first frame, frames, what is asked, what drives it
    "01:00:00:00": ("Mara asks", 24, 60, "MARA angry", "own A001C003.mov"),
    "01:00:02:22": ("Tom denies it", 28, 48, "TOM sad head 0.8", "own B002C007.mov"),
    "01:00:05:18": ("Mara turns", 26, 46, "MARA surprised face 2 takes", "track mara_guide (A2)"),
    "01:00:08:08": ("Tom explains", 104, 50, "TOM neutral silence", "file tom_004.wav 0.5-2.5"),
    "01:00:11:06": ("Mara has the letter", 112, 36, "happy lips", "track mara_012 (A3) 0.083-1.585"),
    "01:00:14:22": ("Mara decides", 88, 20, "MARA disgusted lips 0.6 cut_off", "file mara_012.wav 0.2-0.9"),
    "01:00:15:22": ("Mara decides", 112, 16, "happy loop", "file mara_012.wav 0.3-0.6"),
    "01:00:16:18": ("Mara decides", 132, 16, "MARA sad bounce", "file mara_012.wav 1.2-1.5"),
    "01:00:17:18": ("Mara reads", 168, 54, "MARA remap", "file mara_012.wav 0.25-2.252"),
    "01:00:20:04": ("Tom answers", 136, 22, "TOM sync sync-3 speaker 282 158", "speech tom-studio"),
    "01:00:21:06": ("Tom answers", 162, 18, "TOM sync sync-3 boxes occlusion", "file tom_004.wav 2.6-3.3"),
}


def test_every_mark_becomes_the_cue_it_should(plan: Plan) -> None:
    """Where each cue is, what it asks for and which sound drives it."""
    found = {
        cue.record_in: (shot.clip, cue.in_frame, cue.frames, _asked(cue.direction, cue.character), _driven(shot, at))
        for shot in plan.shots
        for at, cue in enumerate(shot.cues)
    }
    assert found == CUES


def _asked(direction: Direction, character: str | None) -> str:
    said = [character, direction.emotion, direction.region, direction.temperature, direction.sync]
    said += [f"{direction.takes} takes" if direction.takes else None, direction.engine, direction.model]
    if isinstance(direction.speaker, tuple):
        said.append(f"speaker {direction.speaker[0]} {direction.speaker[1]}")
    said += ["boxes" if direction.boxes else None, "occlusion" if direction.occlusion else None]
    return " ".join(str(word) for word in said if word)


def _driven(shot: Shot, at: int) -> str:
    (voice,) = shot.cues[at].voices
    if voice.kind == "own" or voice.label == "mara_guide (A2)":
        return f"{voice.kind} {voice.label}"
    if voice.kind == "speech":
        return f"{voice.kind} {voice.speech_voice}"
    return f"{voice.kind} {voice.label} {round(voice.start_seconds or 0, 3):g}-{round(voice.end_seconds or 0, 3):g}"


def test_it_is_planned_without_errors_or_warnings(plan: Plan) -> None:
    """Nothing is wrong with it; the one marker that is no mark is explained."""
    assert [] == [problem.message for problem in plan.problems if problem.severity != "note"]
    assert ["VFX\npaint out the boom"] == [marker.text for marker in plan.ignored_markers]


def test_what_is_free_text_is_kept() -> None:
    """Notes and consent stand beside the direction; a comment does not."""
    read = [parse_mark(mark.comment).direction for mark in _marks() if mark.name == "RP: TOM"]
    assert [("he has read it", None), (None, "signed 2026-03-02"), (None, None)] == [
        (direction.note, direction.consent) for direction in read if direction
    ]


@pytest.mark.parametrize("original", make.ORIGINALS, ids=lambda original: original.reel)
def test_the_originals_are_as_a_camera_leaves_them(sample: Path, original: make.Original) -> None:
    """Rate, length, timecode and reel of each; one each of ProRes, H.264 and DNxHR."""
    source = probe(sample / "media" / original.file)
    codecs = {"A001C003": "prores", "B002C007": "h264", "A001C009": "dnxhd"}
    assert (source.rate, source.frames, source.reel) == (make.RATE, original.frames, original.reel)
    assert source.start_frame is not None
    assert (codecs[original.reel], "tv") == (source.codec, source.color["range"])


def test_recorded_lines_say_when_they_were_recorded(sample: Path) -> None:
    """The bext chunk holds the first sample's time of day."""
    source = probe(sample / "media" / "adr" / "mara_012.wav")
    assert (source.kind, source.start_frame) == ("sound", int(52800 * 1001 / 1000 * 48000))


def test_there_is_a_box_for_every_frame_of_its_cue(sample: Path) -> None:
    """`boxes:` needs one for each frame."""
    assert cut.BOXED_FRAMES == len(json.loads((sample / cut.BOXES).read_text()))


def test_media_of_other_scripts_are_made_again(tmp_path: Path) -> None:
    """What another version has made does not pass for this one's: the marker beside the media says which made them."""
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / ".made-by").write_text("another")
    assert not make.is_made(tmp_path / "media")
