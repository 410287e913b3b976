"""Media that moved is found under the given folders by name, timecode, length and reel, and what it matched is said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import MediaRefused
from reperform.linking.linked import Linked
from reperform.linking.linker import Linker
from reperform.model import AudioStream, Problem
from sources.probing import BINARY, Shelf
from timeline_in.cutting import clip, index_of, span, timeline, track

HOUR = 86400
STEREO = AudioStream(index=1, rate=48000, channels=2, layout="stereo", codec="pcm_s24le", samples=2_000_000)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "online")


def _lost(
    name: str = "A001.mov", start: float = HOUR, frames: float = 1000, *, rate: float = 24, reel: str | None = None
) -> Any:
    """A clip of the ten frames from the hundredth of media that is not where it was."""
    reference = otio.schema.ExternalReference(f"/Volumes/Gone/{name}", span(start, frames, rate))
    made = clip("shot", start + 100, 10, rate=rate, media=reference)
    if reel:
        made.metadata["cmx_3600"] = {"reel": reel}
    return made


def _relinked(made: Any, shelf: Shelf, *, kind: str = "Video") -> tuple[Linked, Problem]:
    index = index_of(timeline(track(made, kind=kind)), shelf.folder.parent)
    linker = Linker(index.cut, shelf, [shelf.folder])
    linked: Any = linker.link(index.clips[0]) if kind == "Video" else linker.link_sound(index.clips[0])
    (note,) = linker.notes
    return linked, note


def _refusal(made: Any, shelf: Shelf) -> MediaRefused:
    index = index_of(timeline(track(made)), shelf.folder.parent)
    with pytest.raises(MediaRefused) as caught:
        Linker(index.cut, shelf, [shelf.folder]).link(index.clips[0])
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("online", "facts", "reel", "why"),
    [
        pytest.param("A001.mov", {}, None, "the same name, timecode 01:00:00:00, length", id="name and clock"),
        pytest.param("deep/a001.MOV", {}, None, "the same name, timecode 01:00:00:00, length", id="another case"),
        pytest.param(
            "A001.mxf",
            {"width": 3840, "height": 2160, "codec": "dnxhd"},
            None,
            "the same name but for “.mxf”, timecode 01:00:00:00, length (it is 3840×2160 dnxhd)",
            id="a larger original with another ending",
        ),
        pytest.param(
            "A001.mxf",
            {"start": HOUR - 48, "frames": 1100},
            None,
            "the same name but for “.mxf”, timecode, of which the timeline knows a part (it is 320×180 prores)",
            id="a longer original",
        ),
        pytest.param(
            "roll/X9_A001C003.mxf",
            {"reel": "a001c003", "start": HOUR - 24, "frames": 9000},
            "A001C003",
            "reel A001C003, timecode, of which the timeline knows a part (it is 320×180 prores)",
            id="reel and timecode",
        ),
        pytest.param(
            "A001C003_graded.mov",
            {},
            "A001C003",
            "reel A001C003 in its name, timecode 01:00:00:00, length (it is 320×180 prores)",
            id="reel in the name",
        ),
    ],
)
def test_the_note_says_what_is_used_and_what_speaks_for_it(
    shelf: Shelf, online: str, facts: dict[str, Any], reel: str | None, why: str
) -> None:
    facts = {"start": HOUR, **facts}
    path = shelf.movie(online, **facts)
    linked, note = _relinked(_lost(reel=reel), shelf)
    assert linked.source.path == path
    assert linked.in_frame == 100 + HOUR - facts["start"]
    assert note.severity == "note"
    assert note.message == f"its media “/Volumes/Gone/A001.mov” is not here; {path} is used: {why}"


def test_a_proxys_name_leads_to_its_original(shelf: Shelf) -> None:
    path = shelf.movie("A001.mxf", start=HOUR, width=3840, height=2160)
    shelf.movie("A001B.mxf", start=HOUR)
    linked, note = _relinked(_lost("A001_Proxy.mov"), shelf)
    assert (linked.source.path, linked.in_frame) == (path, 100)
    assert "3840×2160" in note.message


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(("1/A001.mov", {}), ("2/A001.mxf", {}), id="name before stem"),
        pytest.param(
            ("2/A001.mxf", {}), ("1/A001.mov", {"start": None, "frames": 1200}), id="stem and clock before name"
        ),
        pytest.param(("1/A001.mxf", {}), ("2/R7_x.mov", {"reel": "R7"}), id="stem before reel"),
        pytest.param(("1/A001.mov", {}), ("2/A001.mov", {"start": None}), id="with timecode before without"),
        pytest.param(("1/A001.mov", {}), ("2/A001.mov", {"start": 2 * HOUR}), id="its timecode before another's"),
        pytest.param(("1/A001.mov", {}), ("2/A001.mov", {"rate": Fraction(25)}), id="its rate before another's"),
    ],
)
def test_the_better_candidate_is_taken(shelf: Shelf, better: Any, worse: Any) -> None:
    path = shelf.movie(better[0], **{"start": HOUR, **better[1]})
    shelf.movie(worse[0], **{"start": HOUR, **worse[1]})
    assert _relinked(_lost(reel="R7"), shelf)[0].source.path == path


def test_candidates_that_fit_equally_are_refused_with_what_tells_them_apart(shelf: Shelf) -> None:
    paths = [
        shelf.movie("hd/A001.mov", start=HOUR, width=1920, height=1080),
        shelf.movie("uhd/A001.mov", start=HOUR, width=3840, height=2160),
    ]
    error = _refusal(_lost(), shelf)
    told = f"2 files fit “A001.mov” equally: {paths[0]} (1920×1080), {paths[1]} (3840×2160)"
    assert error.message == f"shot: {told}"


@pytest.mark.parametrize(
    ("online", "facts", "why"),
    [
        pytest.param("A001.mov", {"rate": Fraction(25)}, "it runs at 25 frames a second, and the timeline says 24", id="rate"),
        pytest.param(
            "A001.mov",
            {"rate": Fraction(24000, 1001)},
            "it runs at 23.976 frames a second, and the timeline says 24",
            id="a thousandth of the rate",
        ),
        pytest.param(
            "A001.mov",
            {"start": 2 * HOUR},
            "its timecode starts at 02:00:00:00, and the timeline says 01:00:00:00",
            id="timecode",
        ),
        pytest.param("A001.mxf", {"start": None}, "its timecode does not show that it is the same", id="stem, no timecode"),
        pytest.param("A001.mxf", {"frames": 900}, "it lasts 37.50 s, and the timeline says 41.67 s", id="stem, length"),
        pytest.param("A001.mov", {"frames": 50}, "60 frames of it are missing", id="too short for what is seen"),
        pytest.param("A001.jpg", {"kind": "still", "frames": 1}, "it has no moving picture", id="a still of that name"),
    ],
)  # fmt: skip
def test_a_candidate_that_is_not_it_is_named_with_the_reason(
    shelf: Shelf, online: str, facts: dict[str, Any], why: str
) -> None:
    path = shelf.movie(online, **{"start": HOUR, **facts})
    error = _refusal(_lost(), shelf)
    begins = "shot: its media “/Volumes/Gone/A001.mov” is not here: there is no such file. "
    assert error.message.startswith(f"{begins}{path} is not it: ")
    assert why in error.message


def test_a_file_of_the_name_alone_is_used_with_a_warning(shelf: Shelf) -> None:
    path = shelf.movie("A001.mov", frames=1200)
    linked, note = _relinked(_lost(), shelf)
    assert (linked.source.path, linked.in_frame, note.severity) == (path, 100, "warning")
    assert note.message.endswith("the same name; but it lasts 50.00 s, and the timeline says 41.67 s")


def test_a_timeline_that_counts_from_zero_is_no_other_timecode(shelf: Shelf) -> None:
    path = shelf.movie("A001.mxf", start=HOUR)
    linked, note = _relinked(_lost(start=0), shelf)
    assert (linked.source.path, linked.in_frame) == (path, 100)
    assert "length" in note.message


def test_sound_relinks_to_sound_and_not_to_the_picture_of_its_name(shelf: Shelf) -> None:
    shelf.movie("A001.mov", audio=(STEREO,), start=HOUR)
    path = shelf.sound("A001.flac", start=3600 * 48000, samples=2_000_000)
    linked, _note = _relinked(_lost("A001.wav"), shelf, kind="Audio")
    assert linked.source.path == path


def test_offline_media_of_resolve_relinks_the_same_way(shelf: Shelf) -> None:
    path = shelf.movie("x/A 1.mov", start=HOUR)
    reference = otio.schema.MissingReference("A 1.mov", span(HOUR, 1000))
    reference.metadata["Resolve_OTIO"] = {"Media Url": "D:\\Media\\A 1.mov"}
    linked, note = _relinked(clip("A 1.mov", HOUR + 100, 10, media=reference), shelf)
    assert (linked.source.path, linked.in_frame) == (path, 100)
    assert note.message == (
        f"its media “D:\\Media\\A 1.mov” is not here; {path} is used: the same name, timecode 01:00:00:00, length"
    )


def test_an_edit_without_file_names_is_found_by_its_reel_and_timecode(shelf: Shelf) -> None:
    path = shelf.movie("A001C003.mov", start=HOUR, reel="A001C003", frames=5000)
    shelf.movie("A001C004.mov", start=HOUR, reel="A001C004", frames=5000)
    made = otio.schema.Clip("SHOT 12", otio.schema.MissingReference(), span(HOUR + 100, 10))
    made.metadata["cmx_3600"] = {"reel": "A001C003"}
    linked, note = _relinked(made, shelf)
    assert (linked.source.path, linked.in_frame) == (path, 100)
    assert "reel A001C003, timecode 01:00:00:00" in note.message


def test_only_candidates_are_opened_however_many_files_there_are(shelf: Shelf) -> None:
    path = shelf.movie("A001.mov", start=HOUR)
    for number in range(3000):
        (shelf.folder / f"B{number}.mov").write_bytes(BINARY)
    made = [_lost() for _ in range(5)]
    index = index_of(timeline(track(*made)), shelf.folder.parent)
    linker = Linker(index.cut, shelf, [shelf.folder])
    assert {linker.link(placed).source.path for placed in index.clips} == {path}
    assert shelf.opened == [("A001.mov", Fraction(24))]
    assert len(linker.notes) == 1


def test_media_that_is_where_it_was_is_not_looked_for(shelf: Shelf) -> None:
    path = shelf.movie("proxy/A001.mov", start=HOUR)
    shelf.movie("original/A001.mov", start=HOUR)
    made = clip("shot", HOUR + 100, 10, media=otio.schema.ExternalReference(str(path), span(HOUR, 1000)))
    index = index_of(timeline(track(made)), shelf.folder.parent)
    linker = Linker(index.cut, shelf, [shelf.folder])
    assert (linker.link(index.clips[0]).source.path, linker.notes) == (path, [])


def test_nothing_of_the_name_says_where_was_looked(shelf: Shelf) -> None:
    shelf.movie("B.mov")
    error = _refusal(_lost(reel="R7"), shelf)
    assert error.message.endswith(
        f"there is no such file, and nothing of that name, nor of reel R7, is under {shelf.folder}"
    )
