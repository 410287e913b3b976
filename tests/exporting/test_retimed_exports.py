"""Retimed clips in FCPXML, Final Cut Pro 7 XML and AAF: the same frames on the same places, or said by name; never a hole."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, span, timeline_of, track
from reperform.errors import MediaRefused
from reperform.timeline import saving, takes
from reperform.timeline.cut import Cut
from reperform.timeline.dialects.premiere import PremiereDialect
from reperform.timeline.dialects.resolve import ResolveDialect
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.retimes.showing import Shown

R24 = Fraction(24)
EDITORS = {".fcpxml": "fcp", ".xml": "premiere", ".aaf": "avid"}
ALL = tuple(EDITORS)
MEDIA = 500
"""Frames, from zero."""


def retimed(speed: float, start: int, frames: int, name: str = "mara") -> otio.schema.Clip:
    made = clip(name, start, frames, media=span(0, MEDIA))
    made.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed) if speed else otio.schema.FreezeFrame())
    return made


def after() -> otio.schema.Clip:
    """What a wrong length before it would move."""
    return clip("tom", 7, 12, media=span(0, MEDIA))


def exported(folder: Path, ending: str, cut: Cut) -> tuple[Cut, list[tuple[str | None, str]]]:
    """What the file says when it is read again, and what was said of it: clip and words."""
    out = folder / f"cut_RP{ending}"
    written = takes.write(cut, shots=[], takes={}, chosen={}, for_=EDITORS[ending], styles=None, out=out)
    saved = saving.save(written.timelines, out, input_path=None, facts=written.facts)
    return read(out), [(note.where.clip, note.message) for note in saved.notes if "size of the" not in note.message]


def shown(cut: Cut) -> list[tuple[int, Any]]:
    """Of each clip of picture: its first record frame, and the frames of its file that it shows, or why that is not known."""
    index = build(cut)
    found: list[tuple[int, Any]] = []
    for placed in index.clips:
        if placed.track.kind != "video":
            continue
        looked = Shown(
            clip=placed, dialect=index.cut.dialect, zero=Fraction(0), rate=R24, frames=MEDIA, record_rate=R24
        )
        try:
            found.append((placed.record.start, looked.map(placed.record)))
        except MediaRefused as refusal:
            found.append((placed.record.start, str(refusal)))
    return found


SPEEDS = [
    pytest.param(2.0, 100, 24, ALL, id="twice as fast"),
    pytest.param(0.5, 100, 24, ALL, id="half as fast"),
    pytest.param(1 / 3, 100, 25, ALL, id="a third"),
    pytest.param(2.0, 101, 24, (".fcpxml", ".aaf"), id="from an odd frame"),
    pytest.param(-1.0, 100, 24, (".fcpxml", ".aaf"), id="backward"),
    pytest.param(-2.5, 100, 24, (".fcpxml", ".aaf"), id="backward and faster"),
    pytest.param(0.0, 100, 24, (".fcpxml", ".aaf"), id="frozen"),
]


@pytest.mark.parametrize("ending", [pytest.param(ending, id=ending[1:]) for ending in ALL])
@pytest.mark.parametrize(("speed", "start", "frames", "holds"), SPEEDS)
def test_a_retime_shows_the_same_frames(
    tmp_path: Path, ending: str, speed: float, start: int, frames: int, holds: tuple[str, ...]
) -> None:
    """Where the format holds the speed, each record frame shows the frame that it showed; elsewhere the clip is named, and stands."""
    cut = cut_of(timeline_of(track(retimed(speed, start, frames), after())))
    back, said = exported(tmp_path, ending, cut)
    if ending in holds:
        assert (shown(cut), []) == (shown(back), said)
    else:
        assert [place for place, _ in shown(cut)] == [place for place, _ in shown(back)]
        assert shown(cut)[1] == shown(back)[1]
        assert ["mara"] == [clip for clip, _ in said]


def test_a_freeze_that_the_xml_cannot_say_begins_with_its_frame(tmp_path: Path) -> None:
    """The original stands there at its own speed, and the note says what to do."""
    back, said = exported(tmp_path, ".xml", cut_of(timeline_of(track(retimed(0, 100, 12), after()))))
    assert (0, tuple(range(100, 112))) == shown(back)[0]
    assert "a freeze frame. The original stands in its place" in said[0][1]


def test_a_whole_frame_off_is_said(tmp_path: Path) -> None:
    """The XML counts frames of the retimed clip: twice as fast there is none that begins on an odd frame of the file."""
    back, said = exported(tmp_path, ".xml", cut_of(timeline_of(track(retimed(2.0, 101, 12)))))
    assert (0, tuple(range(100, 124, 2))) == shown(back)[0]
    assert "begins -1 frames from where it should" in said[0][1]


@pytest.mark.parametrize("speed", [pytest.param(2.0, id="forward"), pytest.param(-2.0, id="backward")])
@pytest.mark.parametrize("ending", [".fcpxml", ".aaf"])
def test_a_compound_is_cut_where_it_was(tmp_path: Path, ending: str, speed: float) -> None:
    """Frames 10 to 30 of a compound stay its frames 10 to 30, retimed clips in it included, and nothing after it moves."""
    inner = otio.schema.Stack(name="doorway", source_range=span(10, 20))
    inner.append(track(retimed(speed, 100, 25), clip("tom", 40, 30, media=span(0, MEDIA))))
    cut = cut_of(timeline_of(track(inner, after())))
    back, _ = exported(tmp_path, ending, cut)
    assert shown(cut) == shown(back)


@pytest.mark.parametrize("ending", [pytest.param(ending, id=ending[1:]) for ending in ALL])
def test_lengths_in_source_frames_are_those_of_the_cut(tmp_path: Path, ending: str) -> None:
    """Premiere says how much of the file a clip plays: 48 frames of it at twice its speed are 24 of the cut."""
    cut = replace(cut_of(timeline_of(track(retimed(2.0, 100, 48), after()))), dialect=PremiereDialect())
    back, _ = exported(tmp_path, ending, cut)
    assert [(0, tuple(range(100, 148, 2))), (24, tuple(range(7, 19)))] == shown(cut) == shown(back)


@pytest.mark.parametrize("ending", [pytest.param(ending, id=ending[1:]) for ending in ALL])
def test_a_ramp_is_kept_or_named(tmp_path: Path, ending: str) -> None:
    """Resolve's ramp is a curve of straight lines in FCPXML; the others hold one speed a clip, and say which clip that concerns."""
    made = clip("mara", 0, 48, media=span(0, MEDIA))
    curve = {
        "Key Frames": [[out, media, False, 0, 0, 0, 0] for out, media in ((0, 0), (1, 1), (2, 3))],
        "Speed Ratio": 1.5,
    }
    made.effects.append(otio.schema.TimeEffect(metadata={"Resolve_OTIO": curve}))
    cut = replace(cut_of(timeline_of(track(made, after()))), dialect=ResolveDialect())
    back, said = exported(tmp_path, ending, cut)
    if ending == ".fcpxml":
        assert (shown(cut), []) == (shown(back), said)
    else:
        assert (0, tuple(range(48))) == shown(back)[0]
        assert [("mara", True)] == [(clip, "its speed varies" in words) for clip, words in said]


def test_a_retimed_compound_is_retimed_or_named(tmp_path: Path) -> None:
    """A compound at twice its speed is one in both XMLs; the AAF has it at its own, and says so."""
    inner = otio.schema.Stack(name="doorway", source_range=span(4, 10))
    inner.append(track(clip("mara", 100, 48, media=span(0, MEDIA))))
    inner.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    cut = cut_of(timeline_of(track(inner, after())))
    assert shown(cut) == shown(exported(tmp_path, ".fcpxml", cut)[0]) == shown(exported(tmp_path, ".xml", cut)[0])
    back, said = exported(tmp_path, ".aaf", cut)
    assert [(0, tuple(range(104, 114))), shown(cut)[1]] == shown(back)
    assert ["doorway"] == [name for name, _ in said]


@pytest.mark.parametrize("ending", [pytest.param(ending, id=ending[1:]) for ending in ALL])
def test_names_of_tracks_are_kept(tmp_path: Path, ending: str) -> None:
    """A guide track's name says whose voices lie there: an attribute of Premiere's, a subrole of Final Cut's, a slot of Avid's."""
    sound = clip("guide", 10, 24, media=span(0, MEDIA))
    timeline = timeline_of(
        track(clip("mara", 0, 24, media=span(0, MEDIA)), name="Main"),
        track(sound, kind="Audio", name="ADR guide. Mara"),
    )
    back, said = exported(tmp_path, ending, cut_of(timeline))
    kept = "ADR guide Mara" if ending == ".fcpxml" else "ADR guide. Mara"
    assert (["Main", kept], []) == ([found.name for found in build(back).tracks], said)
