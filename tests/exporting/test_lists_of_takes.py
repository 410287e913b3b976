"""EDL and ALE of the takes, for a conform: to the letter, and as OpenTimelineIO's adapters read them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.model import Shot, Take
from reperform.timeline import saving, takes
from reperform.timeline.cut import Cut
from reperform.timeline.exporting.listing import LONGEST_REEL, reels
from reperform.timeline.exporting.lists import made_lists
from reperform.timeline.takes import Written

OUT = Path("/project/cut_RP.otio")
TC = 86400 * 14
EDL = """\
TITLE: cut_RP
FCM: NON-DROP FRAME

001  A001_RP002 V     C        14:00:04:04 14:00:06:04 01:00:01:00 01:00:03:00
* FROM CLIP NAME: mara V1_88_RP002.mov
* SOURCE FILE: /project/takes/mara V1_88_RP002.mov
* COMMENT: MARA: angry
* COMMENT: SHOT V1@01:00:01:00 mara
"""
ALE = (
    "Heading\nFIELD_DELIM\tTABS\nVIDEO_FORMAT\t1080\nAUDIO_FORMAT\t48khz\nFPS\t24\n\nColumn\n"
    "Name\tTape\tStart\tEnd\tTracks\tFPS\tSource File\tSource File Path\tShot\tClip\tRecord In\tRecord Out\tTake\tChosen\t"
    "Preview\tCharacter\tDirection\tEngine\tModel\tCost\tCurrency\tOriginal\n\nData\n"
    "mara V1_88_RP001.mov\tA001_RP001\t14:00:03:16\t14:00:06:16\tVA1A2\t24\tmara V1_88_RP001.mov\t"
    "/project/takes/mara V1_88_RP001.mov\tV1@01:00:01:00\tmara\t01:00:01:00\t01:00:03:00\t1\t\t\tMARA\tangry\tsync\treact-1\t"
    "0.125\tUSD\tmara.mov\n"
    "mara V1_88_RP002.mov\tA001_RP002\t14:00:03:16\t14:00:06:16\tVA1A2\t24\tmara V1_88_RP002.mov\t"
    "/project/takes/mara V1_88_RP002.mov\tV1@01:00:01:00\tmara\t01:00:01:00\t01:00:03:00\t2\tyes\t\tMARA\tangry\tsync\treact-1\t"
    "0.125\tUSD\tmara.mov\n"
)


def written(cut: Cut, made: list[tuple[Shot, list[Take]]], chosen: dict[str, str | None] | None = None) -> Written:
    return takes.write(
        cut,
        shots=[shot for shot, _ in made],
        takes={shot.id: found for shot, found in made},
        chosen=chosen or {},
        for_="otio",
        out=OUT,
    )


def texts(result: Written, *wanted: str) -> dict[str, str]:
    return {path.name: text for path, text in made_lists(result, OUT, wanted).texts.items()}


def one_shot() -> tuple[Cut, Shot, list[Take]]:
    """A clip of 48 frames, 24 after the start, 100 frames into its file; two takes on reels of their own."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 24)), made)))
    shot = shot_of(cut, made, media_start=TC)
    found = [take_of(shot, n).model_copy(update={"reel": f"A001_RP00{n}"}) for n in (1, 2)]
    return cut, shot, found


def test_both_to_the_letter() -> None:
    """The EDL has the chosen take, the ALE every one."""
    cut, shot, found = one_shot()
    assert texts(written(cut, [(shot, found)]), "edl", "ale") == {"cut_RP.edl": EDL, "cut_RP.ale": ALE}


def test_adapters_read_the_same_frames() -> None:
    """Source and record time, reel and clip name come back from CMX3600; name, tape and start from ALE."""
    cut, shot, found = one_shot()
    lists = texts(written(cut, [(shot, found)]), "edl", "ale")
    event = otio.adapters.read_from_string(lists["cut_RP.edl"], "cmx_3600", rate=24).tracks[0][0]
    assert (event.source_range, event.name) == (span(TC + 100, 48), "mara V1_88_RP002.mov")
    log = otio.adapters.read_from_string(lists["cut_RP.ale"], "ale", fps=24)
    assert [(item.name, item.source_range, item.metadata["ALE"]["Tape"]) for item in log] == [
        ("mara V1_88_RP001.mov", span(TC + 88, 72), "A001_RP001"),
        ("mara V1_88_RP002.mov", span(TC + 88, 72), "A001_RP002"),
    ]


def test_a_shot_that_plays_its_original_has_no_event() -> None:
    """What is not in the cut is not conformed; it stands in the log."""
    cut, shot, found = one_shot()
    lists = texts(written(cut, [(shot, found)], {shot.id: "original"}), "edl", "ale")
    assert "001" not in lists["cut_RP.edl"].partition("FCM")[2]
    assert lists["cut_RP.ale"].count("RP001.mov") == lists["cut_RP.ale"].count("RP002.mov") == 3


def test_drop_frame_timecode_counts_without_the_dropped_numbers() -> None:
    """At 29.97 drop-frame the second minute begins with frame 02; the source counts as its own file does."""
    made = clip("mara", 1798 + 10, 30, rate=29.97, media=span(1798, 900, 29.97))
    timeline = timeline_of(track(otio.schema.Gap(source_range=span(0, 1790, 29.97)), made), rate=29.97)
    timeline.global_start_time = time(0, 29.97)
    cut = replace(cut_of(timeline), drop_frame=True)
    shot = shot_of(cut, made, media_start=1798)
    take = take_of(shot, 1).model_copy(update={"drop_frame": True, "reel": "B"})
    text = texts(written(cut, [(shot, [take])]), "edl")["cut_RP.edl"]
    assert text.splitlines()[1] == "FCM: DROP FRAME"
    assert text.splitlines()[3].split()[4:] == ["00:01:00;10", "00:01:01;10", "00:00:59;20", "00:01:00;22"]


def test_takes_above_each_other_get_lists_of_their_own() -> None:
    """A list has one picture track: what lies above goes into a second one."""
    below, above = clip("wide", 0, 48, media=span(0, 500)), clip("close", 100, 24, media=span(0, 500))
    cut = cut_of(timeline_of(track(below), track(above)))
    made = [(shot, [take_of(shot, 1)]) for shot in (shot_of(cut, item, media_start=0) for item in (below, above))]
    lists = texts(written(cut, made), "edl")
    assert [(name, text.count("V     C")) for name, text in lists.items()] == [("cut_RP.edl", 1), ("cut_RP_2.edl", 1)]


def test_each_rate_has_a_log() -> None:
    """An ALE has one rate for all it lists: takes at another stand in a file that says so, and the EDL notes it."""
    film, pal = clip("film", 0, 24, media=span(0, 500)), clip("pal", 0, 25, rate=25, media=span(0, 500, 25))
    cut = cut_of(timeline_of(track(film, pal)))
    shots = [shot_of(cut, film, media_start=0), shot_of(cut, pal, media_start=0, rate=Fraction(25))]
    result = written(cut, [(shot, [take_of(shot, 1)]) for shot in shots])
    found = made_lists(result, OUT, ["edl", "ale"])
    assert sorted(path.name for path in found.texts) == ["cut_RP.ale", "cut_RP.edl", "cut_RP_25.ale"]
    assert [note.where.clip for note in found.notes] == ["pal"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["A001 C003/RP 1"], ["A001_C003_RP_1"], id="only plain characters"),
        pytest.param(["x" * 40], ["x" * LONGEST_REEL], id="not longer than editors take"),
        pytest.param(["y" * 32 + "1", "y" * 32 + "2"], ["y" * 32, "y" * 30 + "_2"], id="each once"),
        pytest.param(["A", "A"], ["A", "A"], id="takes that share a reel on purpose keep it"),
    ],
)
def test_reels(given: list[str], expected: list[str]) -> None:
    """Names that Avid and Resolve read, and that still tell the takes apart."""
    cut, shot, found = one_shot()
    named = [
        take_of(shot, number).model_copy(update={"reel": reel, "path": found[0].path.with_name(f"{number}.mov")})
        for number, reel in enumerate(given, start=1)
    ]
    assert list(reels(written(cut, [(shot, named)]).listed).values()) == expected


def test_lists_are_kept_as_timelines_are(tmp_path: Path) -> None:
    """The same again touches no file; someone else's list goes under a numbered name first."""
    cut, shot, found = one_shot()
    out = tmp_path / "cut_RP.otio"
    result = written(cut, [(shot, found)])
    beside = made_lists(result, out, ["edl"]).texts
    (tmp_path / "cut_RP.edl").write_text("mine")
    first = saving.save(result.timelines, out, input_path=None, beside=beside)
    again = saving.save(result.timelines, out, input_path=None, beside=beside)
    assert [path.name for path in first.paths] == ["cut_RP.otio", "cut_RP.edl"]
    assert (first.kept, again.changed) == ((tmp_path / "cut_RP.1.edl",), ())
    assert (tmp_path / "cut_RP.1.edl").read_text() == "mine"
