"""Files that editors really wrote are read as they are: places, media, disabled and offline clips, marks and their cues."""

from __future__ import annotations

import shutil
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import marked
from editors_in.lookalikes import Expected, found, marker
from reperform.model import Source
from reperform.timeline.cut import Index
from reperform.timeline.index import build
from reperform.timeline.reading import read
from shared import SHARED, needs

EFFECTS = "timelines/resolve/effects.otio"
GENERATOR = "timelines/resolve/dissolve_and_generator.otio"
NESTED = "timelines/otio-core/nested_example.otio"
TRANSITION = "timelines/otio-core/transition.otio"
PREMIERE = "timelines/premiere/premiere_example.otio"
AYON = "timelines/ayon-resolve-clips"


def opened(path: str) -> Index:
    return build(read(SHARED / path))


def places(index: Index, label: str) -> list[tuple[str, int, int]]:
    """Name, first record frame and length of the clips of a track."""
    clips = [placed for placed in index.clips if placed.track.label == label]
    return [(placed.name, placed.record.start, placed.record.frames) for placed in clips]


@needs(AYON)
@pytest.mark.parametrize(
    ("name", "media", "cue"),
    [
        # A mark of one frame, so the whole clip. Source times are at 25, media of 24 begins at 87399 and 86400.
        # 91046.625 × 24 / 25 = 87404.76, less 87399: 5.76, and 74 × 24 / 25 = 71.04 on: 76.80. Frames 5 up to 77.
        ("img_seq_embedded_tc", marked.movie("A", rate=24, frames=101, start_frame=87399), (5, 72)),
        # 90032 × 24 / 25 = 86430.72, less 86400: 30.72; 44 × 24 / 25 = 42.24 on: 72.96. Frames 30 up to 73.
        ("qt_embedded_tc", marked.movie("A", rate=24, frames=100, start_frame=86400), (30, 43)),
        ("img_seq_with_handles", marked.movie("A", frames=101), (34, 39)),
        ("movie_with_handles", marked.movie("A", frames=16450), (0, 171)),
        ("qt_review", marked.movie("A", frames=30822), (0, 50)),
    ],
)
def test_the_cues_of_real_resolve_clips_are_the_frames_worked_out_by_hand(
    tmp_path: Path, name: str, media: Source, cue: tuple[int, int]
) -> None:
    path = tmp_path / "clip.otio"
    shutil.copyfile(SHARED / AYON / f"{name}.json", path)
    index = build(read(path))
    (placed,) = index.clips
    got = marked.find(index, media=marked.Library({placed.name: media}), marker_name="(?i)ayondata")
    assert (marked.said(got), list(marked.ranges(got).values())) == ([], [cue])


@needs(EFFECTS)
def test_the_resolve_cut_of_an_animatic_is_read_whole() -> None:
    index = opened(EFFECTS)
    offline = [clip for clip in index.clips if isinstance(clip.clip.media_reference, otio.schema.MissingReference)]
    assert (index.cut.dialect.name, index.cut.rate, index.cut.timecode(0)) == ("resolve", Fraction(24), "01:00:00:00")
    assert Counter(track.kind for track in index.tracks) == {"video": 8, "audio": 11}
    assert (len(index.clips), len(offline), index.frames) == (37, 17, 1125)
    assert sorted(clip.name for clip in index.clips if not clip.enabled) == [
        "A_title.png",
        "Cold wind sound effect (128 kbps).mp3",
        "Cold wind sound effect (128 kbps).mp3",
        "MayuYize_-01.wav",
        "Pachamama Opening Theme-(1080p).wav",
        "_bar.png",
    ]
    for clip in offline:
        spelled = index.cut.dialect.media_path(clip.clip.media_reference)
        assert spelled is not None
        assert Path(spelled).name == clip.name


@needs(EFFECTS)
def test_stills_longer_than_their_one_frame_and_an_audio_fade_on_video_move_nothing() -> None:
    index = opened(EFFECTS)
    # 444 frames, a fade of 30 and 30 that takes no time, then 56, 13, 18 …
    assert places(index, "V1")[:4] == [
        ("Picchu_V7_310821_0003.png", 0, 444),
        ("Picchu_V7_310821_0005.png", 444, 56),
        ("Picchu_V7_310821_0006.png", 500, 13),
        ("Picchu_V7_310821_0007.png", 513, 18),
    ]
    assert not any(clip.moving for clip in index.clips if clip.track.label in ("V1", "V2", "V3", "V4"))
    assert [start for _, start, _ in places(index, "V5")] == [0, 500, 816, 1027]  # 500 + 316 = 816, + 211 = 1027


@needs(GENERATOR)
def test_a_mark_on_a_real_resolve_clip_beside_generators_hears_the_clip_s_own_sound(tmp_path: Path) -> None:
    made = otio.adapters.read_from_file(str(SHARED / GENERATOR))
    made.tracks[0][0].markers.append(marker(30, 12, 24, name="RP: angry", Resolve_OTIO={"Note": ""}))
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(made, str(path))
    index = build(read(path))
    # The clip shows 24 to 120 of its file; the two generators follow it at 96 and 192.
    assert places(index, "V1") == [("cut_src.mp4", 0, 96), ("Solid Color", 96, 96), ("Solid Color", 192, 48)]
    assert found(index, {"cut_src.mp4": marked.movie("cut_src.mp4", rate=24, frames=192)}) == Expected(
        dialect="resolve",
        cues={"V1@01:00:00:00#1": (30, 12)},
        # 30 × 2000 up to 42 × 2000; the clip on A1 plays channel 0 of stream 0, and says so.
        voices={"V1@01:00:00:00#1": [(60000, 84000, (0,))]},
        media={"V1@01:00:00:00": str(made.tracks[0][0].media_reference.target_url)},
    )


@needs(NESTED)
def test_what_is_nested_stands_inside_what_it_is_nested_in() -> None:
    index = opened(NESTED)
    assert (index.cut.dialect.name, index.cut.rate) == ("otio", Fraction(24))
    # 238, a stack of 31, 33, a stack of 29 retimed, 63, a track of 4 frozen, 238: 636 in all.
    assert [(clip.name, clip.record.start, clip.record.frames) for clip in index.clips] == [
        ("Normal Clip 1", 0, 238),
        ("Clip Inside A Stack 1", 238, 31),
        ("Normal Clip 2", 269, 33),
        # 24 frames at 0.8545… of the speed last 28.09 of the 29.
        ("Clip Inside A Stack 2", 302, 29),
        ("Normal Clip 3", 331, 63),
        ("Clip Inside A Track", 394, 1),
        ("Normal Clip 4", 398, 238),
    ]
    assert index.frames == 636


@needs(TRANSITION)
def test_a_dissolve_takes_no_time_of_its_own() -> None:
    index = opened(TRANSITION)
    assert places(index, "V1") == [("Clip-001", 0, 3), ("Clip-002", 3, 6), ("Clip-003", 9, 4), ("Clip-004", 13, 6)]


@needs(PREMIERE)
def test_premiere_s_xml_that_someone_converted_is_read_as_plain_opentimelineio() -> None:
    index = opened(PREMIERE)
    texts: list[Any] = [index.cut.dialect.marker_text(mark.marker)[:2] for mark in index.markers]
    assert (index.cut.dialect.name, index.cut.rate, index.frames) == ("otio", Fraction(30), 1271)  # A4: 956 + 221 + 94
    assert [(text, mark.on, mark.record_frame) for text, mark in zip(texts, index.markers, strict=True)] == [
        (("", ""), "clip", 395),  # 13 + 100 + 52 + 157 = 322 to the clip, and 73 into it
        (("My MArker 1", "so, this happened"), "stack", 113),
        (("dsf", "fsfsfs"), "stack", 492),
        (("", ""), "stack", 298),
    ]
    # A clip of 50 frames at 15 in a cut of 30 is seen for 100.
    assert places(index, "V1") == [("sc01_sh010_anim.mov", 536, 100)]
    # 956 + 208; the dissolve of 12 and 13 between them takes no time.
    assert places(index, "V4") == [("sc01_master_layerA_sh030_temp.mov", 956, 208), ("sc01_sh010_anim.mov", 1164, 82)]
    (title,) = [clip for clip in index.clips if clip.track.label == "V3"]
    assert (title.moving, title.source_start) == (False, Fraction(108000, 30))
