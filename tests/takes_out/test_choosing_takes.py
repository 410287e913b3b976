"""`select`: which take stands in the cut, from the written timeline alone."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, timeline_of, track
from reperform.errors import TimelineError
from reperform.timeline import records, takes
from reperform.timeline.choosing import choices, select
from reperform.timeline.reading import read
from reperform.timeline.saving import save

TC = 86400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def a_written_cut(folder: Path, *, for_: str = "otio", styles: list[str] | None = None) -> Path:
    """V1: mara (takes RP001, RP003 and a preview) and tom (RP001), each 2 s; V2: an insert called mara over tom."""
    mara, tom = clip("mara", TC + 100, 48, media=span(TC, 500)), clip("tom", TC + 200, 48, media=span(TC, 500))
    insert = clip("mara", TC + 300, 24, media=span(TC, 500))
    sound = clip("mara", TC + 100, 48, media=span(TC, 500))
    gap = otio.schema.Gap(source_range=span(0, 60))
    cut = cut_of(timeline_of(track(mara, tom), track(gap, insert), track(sound, kind="Audio")), folder)
    shots = [
        shot_of(cut, item, media_start=TC, linked=(sound,) if item is mara else ()) for item in (mara, tom, insert)
    ]
    shots[0] = shots[0].model_copy(update={"voice_in_cut": False})
    first = [take_of(shots[0], number, preview=number == 2, folder=folder / "takes") for number in (1, 2, 3)]
    known = {shots[0].id: first, **{shot.id: [take_of(shot, 1, folder=folder / "takes")] for shot in shots[1:]}}
    out = folder / "cut_RP.otio"
    written = takes.write(cut, shots=shots, takes=known, chosen={}, for_=for_, styles=styles, out=out)
    save(written.timelines, out, input_path=cut.path)
    return out


def active(out: Path) -> list[str]:
    """The active reference of mara, tom, the insert and mara's sound."""
    found = [item for item in read(out).timeline.find_clips() if "key" not in records.ours(item)]
    return [item.active_media_reference_key for item in found]


def enabled(out: Path) -> list[str]:
    """The clips that are enabled on tracks of takes."""
    timeline = read(out).timeline
    lanes = [item for item in timeline.tracks if "takes" in records.ours(item)]
    return [child.name for item in lanes for child in item.find_clips() if child.enabled and item.enabled]


def test_select_switches_the_active_reference_and_its_sound(folder: Path) -> None:
    """The picture's choice and the linked sound's change together; other shots stay as they are."""
    out = a_written_cut(folder)
    before = active(out)
    selected = select(out, "V1@01:00:00:00", "take_001")
    assert before == ["take_002", "take_001", "take_001", "take_002"]
    assert active(out) == ["take_001", "take_001", "take_001", "take_001"]
    assert (selected.shot, selected.take, selected.key) == ("V1@01:00:00:00", "V1@01:00:00:00/1", "take_001")
    assert (selected.source_identity, selected.source_name) == ("f" * 64, "mara.mov")
    assert (selected.clock, selected.in_frame, selected.frames) == ("media", 100, 48)


def test_select_switches_the_tracks(folder: Path) -> None:
    """Where tracks carry the choice, the chosen take is on the top track and the only one enabled."""
    out = a_written_cut(folder, for_="resolve")
    select(out, "V1@01:00:00:00", "take_001")
    assert active(out)[0] == "DEFAULT_MEDIA"
    assert "mara V1_88_RP001.mov" in enabled(out)
    assert "mara V1_88_RP003.mov" not in enabled(out)


@pytest.mark.parametrize("for_", ["otio", "resolve"])
def test_select_original_and_back_is_where_it_was(folder: Path, for_: str) -> None:
    """`original` goes back to the original, and the take can be chosen again."""
    out = a_written_cut(folder, for_=for_)
    select(out, "tom", "take_001")
    before = out.read_text()
    gone = select(out, "tom", "original")
    shown = (active(out)[1], "tom V1_188_RP001.mov" in enabled(out))
    select(out, "tom", "take_001")
    assert (gone.take, gone.file) == ("original", None)
    assert shown == ("DEFAULT_MEDIA", False)
    assert out.read_text() == before


def test_the_version_before_is_kept(folder: Path) -> None:
    """Each selection leaves the timeline as it was under a numbered name; one that changes nothing leaves none."""
    out = a_written_cut(folder)
    before = out.read_text()
    first = select(out, "tom", "original")
    second = select(out, "tom", "original")
    assert first.saved.kept == (folder / "cut_RP.1.otio",)
    assert (folder / "cut_RP.1.otio").read_text() == before
    assert (second.saved.kept, second.saved.changed) == ((), ())


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param("V1@01:00:02:00", "V1@01:00:02:00", id="the shot's id"),
        pytest.param("v2@01:00:02:12", "V2@01:00:02:12", id="in any case"),
        pytest.param("tom", "V1@01:00:02:00", id="a unique clip name"),
        pytest.param("01:00:01:23", "V1@01:00:00:00", id="a record timecode inside it"),
    ],
)
def test_which_clip(folder: Path, named: str, expected: str) -> None:
    """CLIP is a shot's id, a record timecode or a unique clip name."""
    assert select(a_written_cut(folder), named, "original").shot == expected


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param("mara", "“mara” is more than one shot", id="a name that two clips have"),
        pytest.param("01:00:03:00", "“01:00:03:00” is more than one shot", id="a timecode where two are marked"),
        pytest.param("V9@01:00:00:00", "“V9@01:00:00:00” is no shot", id="no such shot"),
        pytest.param("01:00:09:00", "“01:00:09:00” is no shot", id="a timecode outside"),
    ],
)
def test_a_clip_that_is_not_clear_is_refused(folder: Path, named: str, message: str) -> None:
    """The error lists the ids to choose from, and nothing is written."""
    out = a_written_cut(folder)
    before = out.read_text()
    with pytest.raises(TimelineError, match=message) as caught:
        select(out, named, "original")
    assert "@01:00:0" in str(caught.value.fix)
    assert out.read_text() == before


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param("1", "take_001", id="a number"),
        pytest.param("take_002", "take_002", id="a key"),
        pytest.param("preview_001", "preview_001", id="a preview's key"),
        pytest.param("RP003", "take_002", id="the number in the file's name"),
        pytest.param("3", "take_002", id="that number alone, where no key has it"),
        pytest.param("mara V1_88_RP003.mov", "take_002", id="the file's name"),
        pytest.param("Original", "original", id="the original"),
    ],
)
def test_which_take(folder: Path, named: str, expected: str) -> None:
    """TAKE is a number, a key, a file's name or number, or `original`."""
    assert select(a_written_cut(folder), "V1@01:00:00:00", named).key == expected


def test_a_number_that_means_two_takes_is_refused(folder: Path) -> None:
    """take_002 is RP003 here, and RP002 is a preview: 2 alone could be either."""
    with pytest.raises(TimelineError, match="could mean more than one take") as caught:
        select(a_written_cut(folder), "V1@01:00:00:00", "2")
    assert caught.value.fix == (
        "Name one of: take_002 (mara V1_88_RP003.mov), preview_001 (mara V1_88_RP002_PREVIEW.mov)."
    )


def test_a_take_that_is_not_there_is_refused(folder: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(TimelineError, match="has no take “7”") as caught:
        select(a_written_cut(folder), "tom", "7")
    assert caught.value.fix == "Name one of: take_001 (tom V1_188_RP001.mov), original."


def test_a_timeline_without_takes_is_refused(folder: Path) -> None:
    """`select` works on what `run` has written, not on its input."""
    out = folder / "cut.otio"
    timeline_of(track(clip("mara", TC, 48))).to_json_file(str(out))
    with pytest.raises(TimelineError, match="holds no takes"):
        select(out, "mara", "original")


def test_select_works_in_a_timeline_of_one_take(folder: Path) -> None:
    """Where one timeline a take was written, each is switched by itself, under its own name."""
    a_written_cut(folder, styles=["timelines"])
    out = folder / "cut_RP_take2.otio"
    select(out, "tom", "original")
    shown = active(out)
    select(out, "tom", "1")
    assert (shown, active(out)) == (
        ["take_002", "DEFAULT_MEDIA", "take_001", "take_002"],
        ["take_002", "take_001", "take_001", "take_002"],
    )


def test_choices_lists_every_take(folder: Path) -> None:
    """By shot, performed takes before previews, each once though it stands on the clip and on a track."""
    out = a_written_cut(folder, for_="resolve")
    listed = {shot: [choice.key for choice in found] for shot, found in choices(read(out).timeline).items()}
    assert listed == {
        "V1@01:00:00:00": ["take_001", "take_002", "preview_001"],
        "V1@01:00:02:00": ["take_001"],
        "V2@01:00:02:12": ["take_001"],
    }
