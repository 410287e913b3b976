"""A clip is linked to its file, and to the frames of it that are visible."""

from __future__ import annotations

import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from reperform.errors import MediaError, MediaRefused, SettingsError
from reperform.linking.linked import Linked
from reperform.linking.linker import Linker
from reperform.linking.references import original_reference
from reperform.model import AudioStream
from reperform.timeline.cut import Index
from reperform.timeline.index import build
from reperform.timeline.reading import read
from sources.probing import BINARY, Shelf
from timeline_in.cutting import clip, index_of, movie, span, stack, timeline, track


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "media")


def _reference(url: str, available: Any = None) -> Any:
    return otio.schema.ExternalReference(url, available)


def _linker(index: Index, shelf: Shelf, *roots: Path) -> Linker:
    return Linker(index.cut, shelf, roots)


def _link(made: Any, shelf: Shelf, *roots: Path, **asked: Any) -> Linked:
    index = index_of(timeline(track(made), **asked), shelf.folder.parent)
    return _linker(index, shelf, *roots).link(index.clips[0])


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(str, id="bare path"),
        pytest.param(lambda path: path.as_uri(), id="file URL"),
        pytest.param(lambda path: "file://localhost" + path.as_uri()[7:], id="localhost"),
        pytest.param(lambda path: "file:" + str(path), id="one slash"),
        pytest.param(lambda path: "file://" + str(path), id="raw spaces in a URL"),
        pytest.param(lambda path: "media/" + path.name, id="relative"),
        pytest.param(lambda path: "media\\" + path.name, id="relative with backslashes"),
        pytest.param(lambda path: "media/" + path.as_uri().rsplit("/", 1)[1], id="relative and encoded"),
        pytest.param(lambda path: "../" + path.parent.parent.name + "/media/" + path.name, id="through the parent"),
    ],
)
@pytest.mark.parametrize("name", ["A001.mov", "take 100% #2?.mov", "Überführung é.mov"])
def test_every_spelling_of_a_path_is_found(shelf: Shelf, spell: Any, name: str) -> None:
    path = shelf.movie(name)
    linked = _link(clip("a", 10, 20, media=_reference(spell(path), span(0, 1000))), shelf)
    assert linked.source.path == path
    assert (linked.in_frame, linked.frames) == (10, 20)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("D:\\NextCloud\\A001.mov", "on drive D: of a Windows machine"),
        ("file://localhost/D%3a/media/A001.mov", "on drive D: of a Windows machine"),
        ("file:///D%3A/media/A001.mov", "on drive D: of a Windows machine"),
        ("file://Z:/media/A001.mov", "on drive Z: of a Windows machine"),
        ("G:/media/A001.mov", "on drive G: of a Windows machine"),
        ("file://VSD/Tools_Media/A001.mov", "on the network share of “VSD”"),
        ("file:////animation/A001.mov", "on the network share of “animation”"),
        ("\\\\host\\share\\A001.mov", "on the network share of “host”"),
        ("//host/share/A001.mov", "on the network share of “host”"),
        ("/Volumes/gone/A001.mov", "there is no such file"),
        ("gone/A001.mov", "there is no such file"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows reads these as paths of its own")
def test_media_of_another_machine_is_found_by_name_under_a_media_root(shelf: Shelf, url: str, where: str) -> None:
    made = clip("a", 10, 20, media=_reference(url, span(0, 1000)))
    with pytest.raises(MediaRefused) as caught:
        _link(made, shelf)
    assert where in caught.value.message
    assert "--media-root" in (caught.value.fix or "")
    path = shelf.movie("deep/down/a001.MOV")
    index = index_of(timeline(track(made)), shelf.folder.parent)
    linker = _linker(index, shelf, shelf.folder)
    assert linker.link(index.clips[0]).source.path == path
    (note,) = linker.notes
    assert (note.severity, note.where.clip, note.where.track, note.where.timecode) == ("note", "a", "V1", "00:00:00:00")
    assert str(path) in note.message


def test_of_several_files_of_one_name_the_one_whose_clock_fits_is_taken(shelf: Shelf) -> None:
    shelf.movie("1/A001.mov", start=0, frames=1000)
    right = shelf.movie("2/A001.mov", start=86400, frames=1000)
    shelf.movie("3/A001.mov", start=86400, frames=30)
    made = clip("a", 86500, 20, media=_reference("/gone/A001.mov", span(86400, 1000)))
    assert _link(made, shelf, shelf.folder).source.path == right


def test_files_that_fit_equally_are_refused_by_their_names(shelf: Shelf) -> None:
    paths = [shelf.movie(f"{n}/A001.mov") for n in (1, 2)]
    with pytest.raises(MediaRefused) as caught:
        _link(clip("a", media=_reference("/gone/A001.mov", span(0, 1000))), shelf, shelf.folder)
    assert all(str(path) in caught.value.message for path in paths)


def test_a_media_root_that_is_not_there_is_said(shelf: Shelf) -> None:
    with pytest.raises(SettingsError, match="there is no folder"):
        _link(clip("a", media=_reference("/gone/A001.mov")), shelf, shelf.folder / "nowhere")


def _ntsc(start: float, frames: float) -> Any:
    return TimeRange(RationalTime(start, 24000 / 1001), RationalTime(frames, 24000 / 1001))


@pytest.mark.parametrize(
    ("source", "available", "facts", "expected"),
    [
        pytest.param(span(10, 20), span(0, 1000), {}, (10, 20), id="counted from zero"),
        pytest.param(span(86410, 20), span(86400, 1000), {"start": 86400}, (10, 20), id="counted in timecode"),
        pytest.param(span(10, 20), span(0, 1000), {"start": 86400}, (10, 20), id="the timeline ignores the timecode"),
        pytest.param(span(86410, 20), None, {"start": 86400}, (10, 20), id="no range: timecode"),
        pytest.param(span(10, 20), None, {"start": 86400}, (10, 20), id="no range: zero, as the timecode does not fit"),
        pytest.param(span(10, 20), None, {}, (10, 20), id="no range, no timecode"),
        pytest.param(span(86450, 20), span(86440, 100), {"start": 86400}, (50, 20), id="a part of the file"),
        pytest.param(
            span(91046.625, 74, 25), span(87399, 101), {"start": 87399, "frames": 101}, (5, 72), id="another rate"
        ),
        pytest.param(
            span(198771.99999999998, 10, 25),
            span(198762, 100, 25),
            {"rate": 25, "frames": 100},
            (10, 10),
            id="a hair below",
        ),
        pytest.param(span(990, 11), span(0, 1000), {}, (990, 10), id="one frame too long is cut"),
        pytest.param(
            _ntsc(86410, 20), _ntsc(86400, 1000), {"start": 86400, "rate": Fraction(24000, 1001)}, (10, 20), id="23.976"
        ),
        pytest.param(span(10.5, 20), span(0, 1000), {}, (10, 21), id="between frames: floor and ceiling"),
    ],
)
def test_the_visible_frames_are_found(
    shelf: Shelf, source: Any, available: Any, facts: dict[str, Any], expected: tuple[int, int]
) -> None:
    path = shelf.movie(**facts)
    made = otio.schema.Clip("a", _reference(str(path), available), source)
    linked = _link(made, shelf)
    assert (linked.in_frame, linked.frames) == expected


@pytest.mark.parametrize(
    ("source", "available", "start", "message"),
    [
        pytest.param(span(990, 20), span(0, 1000), None, "10 frames of it are missing", id="too long"),
        pytest.param(span(2000, 20), span(0, 1000), None, "1020 frames of it are missing", id="beyond the end"),
        pytest.param(span(86390, 20), span(86400, 1000), 86400, "10 frames of it are missing", id="before the start"),
        pytest.param(
            span(5000, 20),
            None,
            86400,
            "its timecode is 01:00:00:00, and counted from zero it does not fit either",
            id="neither",
        ),
    ],
)
def test_a_range_outside_the_media_is_refused(
    shelf: Shelf, source: Any, available: Any, start: int | None, message: str
) -> None:
    path = shelf.movie(start=start)
    with pytest.raises(MediaRefused) as caught:
        _link(otio.schema.Clip("shot 7", _reference(str(path), available), source), shelf)
    assert caught.value.message.startswith("shot 7: the range asked for, ")
    assert message in caught.value.message
    assert "full media" in (caught.value.fix or "")


def test_nesting_cuts_what_is_visible(shelf: Shelf) -> None:
    path = shelf.movie()
    inner = stack(track(clip("a", 100, 50, media=_reference(str(path), span(0, 1000)))), trim=span(10, 20))
    linked = _link(inner, shelf)
    assert (linked.in_frame, linked.frames, linked.start_seconds) == (110, 20, Fraction(110, 24))


@pytest.mark.parametrize(
    ("speed", "expected"), [(2.0, (100, 40)), (-1.0, (100, 20)), (0.0, (100, 1)), (0.5, (100, 10))], ids=str
)
def test_a_retimed_clip_is_linked_to_the_media_that_it_runs_over(
    shelf: Shelf, speed: float, expected: tuple[int, int]
) -> None:
    path = shelf.movie()
    linked = _link(clip("a", 100, 20, media=_reference(str(path), span(0, 1000)), speed=speed), shelf)
    assert (linked.in_frame, linked.frames) == expected


def test_a_fast_clip_may_step_over_the_medias_end(shelf: Shelf) -> None:
    path = shelf.movie(frames=139)
    linked = _link(clip("a", 100, 20, media=_reference(str(path), span(0, 139)), speed=2.0), shelf)
    assert (linked.in_frame, linked.frames) == (100, 39)


def test_the_clock_of_a_variable_rate_file_is_the_rate_of_its_available_range(shelf: Shelf) -> None:
    path = shelf.movie(variable=True, rate=Fraction(30))
    linked = _link(clip("a", 10, 20, rate=25, media=_reference(str(path), span(0, 1000, 25))), shelf)
    assert (linked.source.rate, linked.in_frame, shelf.opened) == (
        Fraction(25),
        10,
        [("A001.mov", Fraction(25))],
    )


def test_a_file_is_opened_once_however_many_clips_use_it(shelf: Shelf) -> None:
    path = shelf.movie()
    made = [clip(str(n), n, 5, media=_reference(str(path), span(0, 1000))) for n in range(20)]
    index = index_of(timeline(track(*made)), shelf.folder.parent)
    linker = _linker(index, shelf)
    assert [linker.link(placed).in_frame for placed in index.clips] == list(range(20))
    assert len(shelf.opened) == 1


def test_a_damaged_file_is_named_each_time_and_opened_once(shelf: Shelf) -> None:
    path = shelf.folder / "bad.mov"
    path.parent.mkdir()
    path.write_bytes(BINARY)
    index = index_of(timeline(track(clip("a", media=_reference(str(path))))), shelf.folder.parent)
    linker = _linker(index, shelf)
    for _again in range(2):
        with pytest.raises(MediaError) as caught:
            linker.link(index.clips[0])
        assert (caught.value.message, caught.value.fix) == ("a: bad.mov cannot be read", "Copy it again.")
    assert len(shelf.opened) == 1


def test_offline_media_of_resolve_is_looked_for_where_it_was(shelf: Shelf) -> None:
    path = shelf.movie()
    reference = otio.schema.MissingReference("A001.mov", span(0, 1000))
    reference.metadata["Resolve_OTIO"] = {"Media Url": str(path)}
    assert _link(clip("a", 10, 20, media=reference), shelf).in_frame == 10


def test_media_in_an_archive_is_unpacked_when_it_is_linked(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "unpacked")
    unpacked = shelf.movie("media/A 1.mov")
    unpacked.unlink()
    made = timeline(
        track(*(clip(name, media=_reference(f"media/{name}.mov", span(0, 1000))) for name in ("A%201", "B")))
    )
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.otio", str(otio.adapters.write_to_string(made, "otio_json")))
        archive.writestr("media/A 1.mov", BINARY)
        archive.writestr("media/B.mov", BINARY)
    index = build(read(path, unpack_into=tmp_path / "unpacked"))
    linked = Linker(index.cut, shelf).link(index.clips[0])
    assert linked.source.path == unpacked
    assert [file.name for file in tmp_path.rglob("*.mov")] == ["A 1.mov"]


def _with_take(clip_: Any, *, active: str) -> Any:
    take = movie("/takes/A001_RP001.mov")
    take.metadata["reperform"] = {"take": "t1"}
    clip_.set_media_references({**clip_.media_references(), "take_001": take}, active)
    return clip_


@pytest.mark.parametrize("active", ["take_001", "DEFAULT_MEDIA"])
def test_a_take_stands_for_its_original_whichever_is_active(shelf: Shelf, active: str) -> None:
    path = shelf.movie()
    made = _with_take(clip("a", 10, 20, media=_reference(str(path), span(0, 1000))), active=active)
    linked = _link(made, shelf)
    assert (linked.reference_key, linked.source.path) == ("DEFAULT_MEDIA", path)


def test_the_original_is_the_recorded_one_else_the_active_one() -> None:
    made = clip("a", media=movie("/m/proxy.mov"))
    made.set_media_references({"DEFAULT_MEDIA": movie("/m/proxy.mov"), "high": movie("/m/high.mov")}, "high")
    assert original_reference(made)[0] == "high"
    made = _with_take(made, active="take_001")
    made.metadata["reperform"] = {"original": "high"}
    assert original_reference(made)[1].target_url == "/m/high.mov"


def test_a_clip_that_holds_only_a_take_is_refused(shelf: Shelf) -> None:
    take = movie("/takes/A001_RP001.mov")
    take.metadata["reperform"] = {"take": "t1"}
    with pytest.raises(MediaRefused, match=r"a: it shows a take of reperform's"):
        _link(clip("a", media=take), shelf)


def test_sound_is_found_to_the_sample(shelf: Shelf) -> None:
    path = shelf.sound(samples=480_000)
    made = clip(
        "a",
        1,
        24,
        rate=24000 / 1001,
        media=_reference(str(path), TimeRange(RationalTime(0, 24), RationalTime(240, 24))),
    )
    index = index_of(timeline(track(made, kind="Audio")), shelf.folder.parent)
    linked = _linker(index, shelf).link_sound(index.clips[0])
    assert (linked.start_sample, linked.end_sample) == (2002, 50050)
    assert linked.start_seconds == Fraction(1001, 24000)


def test_sound_that_starts_after_its_picture_is_counted_from_its_own_first_sample(shelf: Shelf) -> None:
    stream = AudioStream(index=1, rate=48000, channels=2, layout="stereo", codec="aac", start_sample=1000, samples=None)
    path = shelf.movie(audio=(stream,))
    index = index_of(
        timeline(track(clip("a", 24, 24, media=_reference(str(path), span(0, 1000))), kind="Audio")),
        shelf.folder.parent,
    )
    linked = _linker(index, shelf).link_sound(index.clips[0])
    assert (linked.start_sample, linked.end_sample) == (47000, 95000)


@pytest.mark.parametrize(("start", "expected"), [(3600 * 48000, 48000), (None, None)])
def test_sound_without_range_is_placed_by_its_bext_time(shelf: Shelf, start: int | None, expected: int | None) -> None:
    path = shelf.sound(start=start)
    made = clip("a", 86400 + 24, 24, media=_reference(str(path)))
    index = index_of(timeline(track(made, kind="Audio")), shelf.folder.parent)
    linker = _linker(index, shelf)
    if expected is None:
        with pytest.raises(MediaRefused, match="it has no timecode"):
            linker.link_sound(index.clips[0])
    else:
        assert linker.link_sound(index.clips[0]).start_sample == expected


def test_a_voice_is_opened_relative_to_the_timeline(shelf: Shelf) -> None:
    path = shelf.sound("adr/mara 012.wav")
    index = index_of(timeline(track(clip("a"))), shelf.folder.parent)
    linker = _linker(index, shelf, shelf.folder)
    assert linker.open_voice("media/adr/mara 012.wav").path == path
    assert linker.open_voice(str(path)).path == path
    assert linker.open_voice("elsewhere/mara 012.wav").path == path
    with pytest.raises(MediaRefused, match=r"there is no file “gone\.wav”"):
        linker.open_voice("gone.wav")
