"""What each editor does its own way: fingerprints, lengths, repeated marks, stills, angles, spelled rates."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime

import marked
from editors_in.forms import EARLY_KDENLIVE, KDENLIVE, Form
from editors_in.lookalikes import (
    FILM,
    FLOAT32,
    clip,
    directions,
    file,
    gap,
    marker,
    opened,
    span,
    speed,
    stack,
    timeline,
    track,
)
from fake_takes import take_of
from reperform.model import AudioStream
from reperform.timeline import takes
from reperform.timeline.audio import streams_of
from reperform.timeline.dialects import detect
from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.dialects.flame import FlameDialect
from reperform.timeline.dialects.hiero import HieroDialect
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.respelled import start_on_media

SHOWN = span(0, 50, 25)
RESOLVE: dict[str, Any] = {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}}
PREMIERE: dict[str, Any] = {"PremierePro_OTIO": {"LinkID": "1"}}
STAMPED = marker(0, 1, 25, comment="x", kdenlive={"type": 0})


def _one(*, name: str = "", length: Any = None, media: Any = None, **metadata: Any) -> Any:
    """A timeline of one clip; `metadata` is the clip's."""
    return timeline(track(clip("A", SHOWN, media or file("A.mp4", 0, 90, 25), **metadata), length=length), name=name)


def _with(made: Any, *marks: Any) -> Any:
    made.tracks[0][0].markers.extend(marks)
    return made


@pytest.mark.parametrize(
    ("made", "dialect"),
    [
        pytest.param(timeline(**RESOLVE), "resolve", id="Resolve: the timeline's stamp"),
        pytest.param(_one(Resolve_OTIO={}), "resolve", id="Resolve: a clip out of its file"),
        pytest.param(_one(**RESOLVE, **PREMIERE), "resolve", id="both Resolve's and Premiere's keys"),
        pytest.param(timeline(PremierePro_OTIO={"MetadataVersion": "1.0"}), "premiere", id="Premiere: the stamp"),
        pytest.param(_one(**PREMIERE), "premiere", id="Premiere: a clip out of its file"),
        pytest.param(_one(media=file("A", 0, 9, 25, **{"foundry.source.width": "1"})), "hiero", id="Hiero: its media"),
        pytest.param(_with(_one(), marker(0, 0, 25, Hiero={})), "hiero", id="Nuke Studio: its tags"),
        pytest.param(timeline(nuke={"version": "14.0v2"}), "hiero", id="Nuke: the stamp"),
        pytest.param(_with(_one(), marker(0, 0, 25, flame_sub_products={})), "flame", id="Flame: AYON's marker"),
        pytest.param(timeline(**{"ayon.flame.PolicyName": "x"}), "flame", id="Flame: AYON's stamp"),
        pytest.param(_with(_one(length=SHOWN), STAMPED.clone()), "kdenlive", id="Kdenlive: its marks"),
        pytest.param(timeline(track(length=SHOWN), kdenlive={"version": "26"}), "kdenlive", id="Kdenlive: the stamp"),
        pytest.param(_one(length=SHOWN), "kdenlive", id="Kdenlive: nothing but cut tracks"),
        pytest.param(_with(_one(), STAMPED.clone()), "otio", id="the adapter for .kdenlive files"),
        pytest.param(_one(length=SHOWN, name="cut"), "otio", id="cut tracks, but a name"),
        pytest.param(_one(length=SHOWN, studio={}), "otio", id="cut tracks, but metadata"),
        pytest.param(_one(length=SHOWN, media=file("file:///A.mp4", 0, 9, 25)), "otio", id="cut tracks, but URLs"),
        pytest.param(_with(_one(length=SHOWN), marker(0, 1, 25, name="x")), "otio", id="cut tracks, but named marks"),
        pytest.param(timeline(), "otio", id="nothing at all"),
    ],
)
def test_an_editor_is_known_by_what_it_writes_and_no_other_does(made: Any, dialect: str) -> None:
    assert detect(made).name == dialect


@pytest.mark.parametrize(
    ("dialect", "metadata", "text"),
    [
        (HieroDialect(), {"note": "sad", "hiero_source_type": "TrackItem"}, MarkerText("RP", "sad")),
        (HieroDialect(), {"Hiero": {"tag.note": "sad"}}, MarkerText("RP", "sad")),
        (FlameDialect(), {"comment": "sad"}, MarkerText("RP", "sad")),
        (OtioDialect(()), {"note": "sad", "keywords": ["RP"]}, MarkerText("RP", "sad", ("RP",))),
        (OtioDialect(), {"comment": "sad", "Resolve_OTIO": {"Note": "head"}}, MarkerText("RP", "sad\nhead")),
    ],
    ids=["AYON's Hiero", "Nuke Studio", "Flame", "an unknown editor's metadata", "an unknown editor in two places"],
)
def test_the_words_of_a_mark_are_read_where_its_editor_keeps_them(
    dialect: OtioDialect, metadata: dict[str, Any], text: MarkerText
) -> None:
    assert dialect.marker_text(marker(0, 1, 25, name="RP", **metadata)) == text


def _premiere(*items: Any) -> Any:
    return timeline(track(*items), start=RationalTime(0, 25), PremierePro_OTIO={"MetadataVersion": "1.0"})


@pytest.mark.parametrize(
    ("scalar", "written", "seen"),
    [
        (2.0, 100, 50),
        (0.5, 50, 100),
        (-1.0, 40, 40),
        (-2.0, 40, 20),
        (1.3, 130, 100),
        (0.7, 69, 99),  # 98.57: Premiere cuts on whole frames of its timeline
        (1.0, 40, 40),
        (0.0, 40, 40),  # a freeze has no length to divide
    ],
)
def test_what_follows_a_retimed_clip_of_premiere_stands_where_its_seen_length_ends(
    tmp_path: Path, scalar: float, written: int, seen: int
) -> None:
    quick = clip("Q", span(100, written, 25), file("Q.mov", 0, 500, 25), effects=[speed(scalar)])
    index = opened(_premiere(quick, clip("A", span(7, 10, 25), file("A.mov", 0, 90, 25))), tmp_path)
    assert [(each.record.start, each.record.frames) for each in index.clips] == [(0, seen), (seen, 10)]
    # 1.0 is no retime; elsewhere the length means what it says, whatever the speed.
    made = timeline(track(quick.clone(), clip("A", span(7, 10, 25))), name="not Premiere")
    assert opened(made, tmp_path).clips[1].record.start == written


@pytest.mark.parametrize(
    ("scalar", "at", "offset"),
    [
        (2.0, 140, 20),  # (140 − 100) / 2
        (-2.0, 140, 20),  # 200 plays first; 160, where the mark ends, after (200 − 160) / 2
    ],
    ids=["forward", "backward"],
)
def test_a_mark_on_a_retimed_clip_of_premiere_is_when_its_media_is_seen_and_a_guess(
    tmp_path: Path, scalar: float, at: int, offset: int
) -> None:
    quick = clip("Q", span(100, 100, 25), file("Q.mov", 0, 500, 25), marks=[marker(at, 20, 25, name="RP")])
    quick.effects.append(speed(scalar))
    (mark,) = opened(_premiere(quick), tmp_path).markers
    assert (mark.record_start, mark.record_end) == (Fraction(offset, 25), Fraction(offset + 10, 25))
    assert mark.uncertain is not None


@pytest.mark.parametrize(
    ("value", "rate", "media_rate", "frame"),
    [
        pytest.param(1937905.9905694576, FLOAT32, 23.976, 1937904, id="two spellings of 24000/1001"),
        pytest.param(909986.0387, FLOAT32, 25.0, 948850, id="float32 in media of 25"),
        pytest.param(948850 * 23.976 / 25, 23.976, 25.0, 948850, id="23.976 in media of 25"),
        pytest.param(948850 * 24000 / 1001 / 25, 24000 / 1001, 25.0, None, id="converted at the exact rate"),
        pytest.param(91046.625, 25.0, 24.0, None, id="rates that are spelled exactly"),
        pytest.param(1000.4, FLOAT32, 25.0, None, id="no whole frame of the media"),
        pytest.param(math.nan, FLOAT32, 25.0, None, id="no time"),
        pytest.param(10.5, FLOAT32, 0.0, None, id="no rate"),
    ],
)
def test_a_source_time_converted_by_spelled_rates_is_its_media_s_whole_frame(
    value: float, rate: float, media_rate: float, frame: int | None
) -> None:
    exact = FILM if media_rate == 23.976 else Fraction(25)
    expected = None if frame is None else frame / exact
    assert start_on_media(span(value, 10, rate), span(0, 10, media_rate)) == expected


def test_a_still_of_kdenlive_without_a_rate_breaks_nothing_and_is_passed_over(tmp_path: Path) -> None:
    length = span(0, 50, 25)
    stills = [file("/m/a.png", 0, 125, 0.0), file("/m/b.png", math.nan, math.nan, 0.0)]
    shown = [
        clip("still", span(0, 25, 25), still, marks=[marker(3, 1, 25, comment="RP: angry", kdenlive={"type": 0})])
        for still in stills
    ]
    below = clip("A", length, file("/m/A.mp4", 0, 90, 25))
    index = opened(timeline(track(*shown, length=length), track(below, length=length)), tmp_path)
    found = marked.find(index)
    assert (index.cut.dialect.name, index.cut.rate, marked.said(found)) == ("kdenlive", Fraction(25), [])
    assert marked.ranges(found) == {"V1@00:00:00:00#1": (0, 50)}


def test_a_mark_repeated_on_the_sound_is_not_given_to_the_picture_above(tmp_path: Path) -> None:
    mark = marker(10, 5, 25, name="RP: angry")
    low = clip("A", SHOWN, file("A.mov", 0, 90, 25), marks=[mark])
    over = clip("B", SHOWN, file("B.mov", 0, 90, 25))
    index = opened(timeline(track(low), track(over), track(low.clone(), kind="Audio"), name="cut"), tmp_path)
    assert marked.ranges(marked.find(index)) == {"V1@00:00:00:00#1": (10, 5)}


def test_a_mark_on_sound_alone_is_the_picture_s_above_it(tmp_path: Path) -> None:
    low, over = (clip(name, SHOWN, file(f"{name}.mov", 0, 90, 25)) for name in "AB")
    sound = clip("A", SHOWN, file("A.mov", 0, 90, 25), marks=[marker(10, 5, 25, name="RP: angry")])
    index = opened(timeline(track(low), track(over), track(sound, kind="Audio"), name="cut"), tmp_path)
    assert marked.ranges(marked.find(index)) == {"V2@00:00:00:00#1": (10, 5)}


def test_colours_choose_marks_of_kdenlive_too(tmp_path: Path) -> None:
    marks = [marker(5, 1, 25, comment=text, color=color) for text, color in [("x", "PURPLE"), ("y", "CYAN")]]
    made = _with(_one(length=SHOWN), *marks)
    found = marked.find(opened(made, tmp_path), marker_colors=("purple",))
    assert [cue.direction.note for shot in found.shots for cue in shot.cues] == ["x"]


def _multicam(*, second: bool) -> Any:
    marks = [marker(20, 5, 25, name="RP: MARA", Resolve_OTIO={"Note": "angry"})]
    angles = [
        track(clip(name, span(0, 90, 25), file(f"{name}.mov", 0, 90, 25)), name=f"Talk - Angle {number}")
        for number, name in enumerate(("CamA", "CamB"), 1)
    ]
    angles[1].enabled = second
    multicam = stack(*angles, source=span(10, 40, 25), Resolve_OTIO={"Sequence Type": "Multicam Clip"})
    multicam.markers.extend(marks)
    return timeline(track(multicam, name="Video 1"), start=RationalTime(0, 25), **RESOLVE)


@pytest.mark.parametrize(
    ("second", "cues", "warnings"),
    [
        pytest.param(True, {"V1/V2@00:00:00:00#1": (20, 5)}, 1, id="two enabled: the topmost, and a warning"),
        pytest.param(False, {"V1/V1@00:00:00:00#1": (20, 5)}, 0, id="one enabled: that one"),
    ],
)
def test_a_multicam_clip_shows_its_topmost_enabled_angle(
    tmp_path: Path, second: bool, cues: dict[str, tuple[int, int]], warnings: int
) -> None:
    found = marked.find(opened(_multicam(second=second), tmp_path))
    assert (marked.ranges(found), len(marked.said(found, "warning"))) == (cues, warnings)
    assert directions(found) == [("MARA", "angry")]


def test_a_still_of_resolve_is_longer_than_what_is_available_of_it_and_passed_over(tmp_path: Path) -> None:
    still = clip("a.tiff", span(0, 444, 24), file("/m/a.tiff", 0, 1, 24, name="a.tiff"), Resolve_OTIO={})
    frame = clip("b", span(0, 444, 24), file("/m/b", 0, 1, 24), Resolve_OTIO={})
    solid = clip("Solid Color", span(0, 444, 24), otio.schema.GeneratorReference("Solid Color", "Solid Color"))
    below = clip("A", span(0, 444, 24), file("/m/A.mov", 0, 500, 24, name="A.mov"), Resolve_OTIO={})
    marks = [marker(86400 + 12, 10, 24, name="RP: angry")]
    made = timeline(*map(track, (below, still, frame, solid)), start=RationalTime(86400, 24), marks=marks, **RESOLVE)
    media = marked.Library({"A": marked.movie("A", rate=24)})
    assert marked.ranges(marked.find(opened(made, tmp_path), media=media)) == {"V1@01:00:00:00#1": (12, 10)}


def test_a_mark_of_an_unknown_editor_that_fits_nowhere_is_a_warning_and_never_silent(tmp_path: Path) -> None:
    clips = [
        clip(str(at), span(86400, 48, 24), file("A.mov", 86400, 500, 24), marks=[marker(at, 4, 24, name="RP: angry")])
        for at in (5, 6, 86400 + 10)
    ]
    media = marked.Library({each.name: marked.movie("A", rate=24, start_frame=86400) for each in clips})
    found = marked.find(opened(timeline(track(*clips), name="cut"), tmp_path), media=media)
    assert marked.ranges(found) == {"V1@00:00:00:00#1": (5, 4), "V1@00:00:02:00#1": (6, 4)}
    assert len(marked.said(found, "warning")) == 2


STEREO = AudioStream(index=1, rate=48000, channels=2, layout="stereo", codec="pcm_s16le", samples=48000)
MONO = AudioStream(index=2, rate=48000, channels=1, layout="mono", codec="pcm_s16le", samples=48000)


@pytest.mark.parametrize(
    ("played", "streams"),
    [
        pytest.param(None, [(1, None), (2, None)], id="nothing said: all"),
        pytest.param([(0, 1)], [(1, (1,))], id="one channel"),
        pytest.param([(0, 0), (0, 1)], [(1, None)], id="a whole stream"),
        pytest.param([(1, 0), (0, 0)], [(1, (0,)), (2, None)], id="of two streams"),
        pytest.param([(0, 0), (0, 2)], [(1, None), (2, None)], id="a channel that the file has not: all"),
        pytest.param([(-1, 0)], [(1, None), (2, None)], id="a stream that the file has not: all"),
    ],
)
def test_a_sound_clip_plays_the_channels_that_its_editor_says(
    played: list[tuple[int, int]] | None, streams: list[tuple[int, tuple[int, ...] | None]]
) -> None:
    source = marked.movie("A", audio=(STEREO, MONO))
    assert [(stream.index, channels) for stream, channels in streams_of(played, source)] == streams


@pytest.mark.parametrize(
    ("metadata", "group", "channels"),
    [
        ({"Resolve_OTIO": {"Link Group ID": 4}}, "Resolve_OTIO 4", None),
        ({"Resolve_OTIO": {"Channels": [{"Source Channel ID": 1, "Source Track ID": 0}]}}, None, ((0, 1),)),
        ({"Resolve_OTIO": {"Link Group ID": [4], "Channels": "x"}}, None, None),
        ({"PremierePro_OTIO": {"LinkID": "9", "OriginalChannelGroupIndex": 1}}, "PremierePro_OTIO 9", None),
        ({"studio": {"Link Group ID": 4}}, None, None),
        ({}, None, None),
    ],
    ids=["a link", "channels", "what is no link", "another group of channels", "another's metadata", "nothing"],
)
def test_links_and_channels_are_read_from_the_metadata_of_editors_that_write_them(
    metadata: dict[str, Any], group: str | None, channels: Any
) -> None:
    made = clip("A", SHOWN, **metadata)
    assert (OtioDialect().link_group(made), OtioDialect().channels(made)) == (group, channels)


def test_gaps_and_fades_without_length_move_nothing(tmp_path: Path) -> None:
    made = timeline(track(gap(0, 25), clip("A", SHOWN), gap(0, 25), clip("B", SHOWN)), name="cut")
    assert [placed.record.start for placed in opened(made, tmp_path).clips] == [0, 50]


@pytest.mark.parametrize("form", [KDENLIVE, EARLY_KDENLIVE], ids=lambda form: form.name)
def test_kdenlive_s_cut_with_takes_is_known_as_kdenlive_s_and_keeps_its_shots(tmp_path: Path, form: Form) -> None:
    index = opened(form.made(), tmp_path)
    shots = marked.find(index, media=marked.Library(form.media)).shots
    made = {shot.id: [take_of(shot, 1, folder=tmp_path)] for shot in shots}
    out = tmp_path / "out.otio"
    written = takes.write(index.cut, shots=shots, takes=made, chosen={}, for_="kdenlive", out=out)
    again = opened(written.timelines[0], tmp_path)
    assert again.cut.dialect.name == "kdenlive"
    assert [shot.id for shot in marked.find(again, media=marked.Library(form.media)).shots] == [
        _above(shot.id, again) for shot in shots
    ]


def _above(shot: str, index: Any) -> str:
    """The id with the track's label as it is now: tracks of takes below a shot's own raise it."""
    named = dict(zip(("V1", "V2", "V3"), _own_tracks(index), strict=True))
    label, _, timecode = shot.partition("@")
    return f"{named[label]}@{timecode}"


def _own_tracks(index: Any) -> list[str]:
    return [track.label for track in index.tracks if track.kind == "video" and "reperform" not in track.track.metadata]
