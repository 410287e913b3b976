"""Image sequences are found by every way of naming them, whole or refused with the numbers that are missing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import MediaRefused
from reperform.linking.linked import Linked
from reperform.linking.linker import Linker
from reperform.timeline.image_names import Numbered, numbered
from sources.probing import BINARY, Shelf
from timeline_in.cutting import clip, index_of, span, timeline, track


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "plates")


def _render(folder: Path, *numbers: range, name: str = "x.{:04d}.png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for run in numbers:
        for number in run:
            (folder / name.format(number)).write_bytes(BINARY)
    return folder


def _sequence(base: Path | str, first: int = 1001, **more: Any) -> Any:
    facts = {"prefix": "x.", "suffix": ".png", "step": 1, "rate": 24.0, "padding": 4, "available": span(0, 100), **more}
    made = otio.schema.ImageSequenceReference(
        str(base),
        facts["prefix"],
        facts["suffix"],
        first,
        facts["step"],
        facts["rate"],
        facts["padding"],
        available_range=facts["available"],
    )
    made.name = facts.get("name", "")
    return made


def _link(media: Any, shelf: Shelf, start: float = 10, *roots: Path) -> tuple[Linked, Linker]:
    made = clip("shot", start, 20, media=media)
    index = index_of(timeline(track(made)), shelf.folder.parent)
    linker = Linker(index.cut, shelf, roots)
    return linker.link(index.clips[0]), linker


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("/m/x.%04d.exr", Numbered(prefix="x.", suffix=".exr", padding=4)),
        ("D:\\m\\x_%d.png", Numbered(prefix="x_", suffix=".png", padding=0)),
        ("file:///m/x%20y.%2504d.dpx", Numbered(prefix="x%20y.", suffix=".dpx", padding=4)),
        ("x.####.TIF", Numbered(prefix="x.", suffix=".TIF", padding=4)),
        ("x.@@@.jpg", Numbered(prefix="x.", suffix=".jpg", padding=3)),
        ("x.[0001-0152].exr", Numbered(prefix="x.", suffix=".exr", padding=4, first=1, count=152)),
        ("x[8-12].png", Numbered(prefix="x", suffix=".png", padding=0, first=8, count=5)),
        ("x.%5B1001-1099%5D.tif", Numbered(prefix="x.", suffix=".tif", padding=4, first=1001, count=99)),
        ("x.*.png", Numbered(prefix="x.", suffix=".png")),
        ("x.0001.png", None),
        ("take 100% #2?.mov", None),
        ("x.%04d.mov", None),
        ("a##b.wav", None),
        ("x%20%20d.png", None),
        ("frames [v2].png", None),
    ],
)  # fmt: skip
def test_names_of_runs_are_told_from_names_of_files(spelled: str, expected: Numbered | None) -> None:
    assert numbered(spelled) == expected


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(str, id="folder without a separator"),
        pytest.param(lambda folder: f"{folder}/", id="folder with a slash"),
        pytest.param(lambda folder: folder.as_uri(), id="URL"),
        pytest.param(lambda folder: folder.as_uri() + "/", id="URL with a slash"),
        pytest.param(lambda _: "plates 1", id="relative"),
        pytest.param(lambda _: "plates 1\\", id="relative with a backslash"),
        pytest.param(lambda _: ".\\plates 1", id="relative with backslashes"),
    ],
)
def test_the_folder_of_a_sequence_may_be_written_in_every_way(tmp_path: Path, base: Any) -> None:
    shelf = Shelf(tmp_path / "plates 1")
    _render(shelf.folder, range(1001, 1101))
    linked, _ = _link(_sequence(base(shelf.folder)), shelf)
    assert (linked.source.path, linked.in_frame, linked.frames) == (shelf.folder / "x.%04d.png", 10, 20)
    assert linked.source.sequence is not None
    assert linked.source.sequence.name(linked.in_frame) == "x.1011.png"


@pytest.mark.parametrize(
    "url",
    ["x.%04d.png", "x.####.png", "x.[1001-1100].png", "x.*.png", "x.@@@@.png"],
)
@pytest.mark.parametrize("where", ["external", "offline in Resolve"])
def test_a_path_that_means_a_run_is_one(shelf: Shelf, url: str, where: str) -> None:
    _render(shelf.folder, range(1001, 1101))
    if where == "external":
        media: Any = otio.schema.ExternalReference(str(shelf.folder / url), span(0, 100))
    else:
        media = otio.schema.MissingReference(url, span(0, 100))
        media.metadata["Resolve_OTIO"] = {"Media Url": str(shelf.folder / url)}
    linked, _ = _link(media, shelf)
    assert linked.source.sequence is not None
    assert (linked.source.sequence.name(linked.in_frame), linked.source.frames) == ("x.1011.png", 100)


@pytest.mark.parametrize(
    ("reference", "start", "expected", "timecode"),
    [
        pytest.param({"available": span(0, 100)}, 10, "x.1011.png", None, id="from zero"),
        pytest.param({"available": span(86400, 100)}, 86410, "x.1011.png", 86400, id="in timecode"),
        pytest.param({"available": span(1001, 100)}, 1011, "x.1011.png", 1001, id="in frame numbers"),
        pytest.param({"available": None}, 1011, "x.1011.png", 1001, id="no range: frame numbers"),
        pytest.param({"available": None}, 10, "x.1011.png", 1001, id="no range: from zero"),
        pytest.param({"available": span(50, 50), "first": 1051}, 60, "x.1061.png", 50, id="a part of what is there"),
        pytest.param(
            {"name": "x.[1001-1100].png", "first": 0}, 10, "x.1011.png", None, id="the name says another first"
        ),
    ],
)
def test_the_number_of_the_first_visible_picture(
    shelf: Shelf, reference: dict[str, Any], start: float, expected: str, timecode: int | None
) -> None:
    _render(shelf.folder, range(1001, 1101))
    linked, _ = _link(_sequence(shelf.folder, **reference), shelf, start)
    assert linked.source.sequence is not None
    assert (linked.source.sequence.name(linked.in_frame), linked.source.start_frame) == (expected, timecode)


def test_steps_run_at_the_rate_of_the_pictures_that_are_there(shelf: Shelf) -> None:
    _render(shelf.folder, range(1001, 1101, 2))
    linked, _ = _link(_sequence(shelf.folder, step=2), shelf)
    assert (linked.source.rate, linked.source.frames) == (Fraction(12), 50)
    assert (linked.in_frame, linked.frames) == (5, 10)


@pytest.mark.parametrize(("padding", "first", "name"), [(0, 1, "x.{}.png"), (4, 9995, "x.{:04d}.png"), (4, -50, None)])
def test_numbers_may_outgrow_their_padding_or_be_negative(
    shelf: Shelf, padding: int, first: int, name: str | None
) -> None:
    shelf.folder.mkdir()
    for number in range(first, first + 100):
        text = name.format(number) if name else f"x.{'-' if number < 0 else ''}{abs(number):04d}.png"
        (shelf.folder / text).write_bytes(BINARY)
    linked, _ = _link(_sequence(shelf.folder, first, padding=padding), shelf)
    assert linked.source.frames == 100


def test_what_is_missing_is_named_before_anything_is_opened(shelf: Shelf) -> None:
    _render(shelf.folder, range(1002, 1004), range(1005, 1050), range(1053, 1101))
    with pytest.raises(MediaRefused) as caught:
        _link(_sequence(shelf.folder), shelf)
    assert caught.value.message.endswith("x.%04d.png” is not whole: missing are 1001, 1004, 1050-1052")
    assert shelf.opened == []


def test_one_number_far_off_is_no_long_list(shelf: Shelf) -> None:
    _render(shelf.folder, range(1001, 1011), range(10**15, 10**15 + 1))
    with pytest.raises(MediaRefused, match=r"missing are 1011-999999999999999$"):
        _link(otio.schema.ExternalReference(str(shelf.folder / "x.%04d.png"), span(0, 10**17)), shelf, 0)


@pytest.mark.parametrize(
    "name", ["#" * 300_000 + ".png", "x.[" + "1" * 9000 + "-" + "2" * 9000 + "].png", "%d" * 100_000], ids=len
)
def test_a_name_that_no_file_can_have_is_read_in_bounded_time(name: str) -> None:
    assert numbered(name) is None


def test_absurd_numbers_in_a_reference_are_refused_with_a_word(shelf: Shelf) -> None:
    _render(shelf.folder, range(1001, 1101))
    for absurd in ({"padding": 2**30}, {"step": 0}, {"first": -(2**31)}, {"step": 2**31 - 1, "first": 5}):
        with pytest.raises(MediaRefused):
            _link(_sequence(shelf.folder, **absurd), shelf)
    for rate in (0.0, float("inf"), float("nan"), 1e-9, -24.0):
        assert _link(_sequence(shelf.folder, rate=rate), shelf)[0].source.rate == 24


def test_pictures_that_are_not_rendered_yet_are_missed_only_where_they_are_seen(shelf: Shelf) -> None:
    _render(shelf.folder, range(1001, 1021))
    assert _link(_sequence(shelf.folder), shelf, 0)[0].frames == 20
    with pytest.raises(MediaRefused, match=r"10 frames of it are missing, from x\.1021\.png to x\.1030\.png"):
        _link(_sequence(shelf.folder), shelf, 10)


def test_pictures_beyond_the_range_serve_as_handles(shelf: Shelf) -> None:
    _render(shelf.folder, range(1001, 1131), range(1200, 1210))
    assert _link(_sequence(shelf.folder), shelf)[0].source.frames == 130


def test_a_sequence_that_moved_is_found_by_its_name_and_what_it_matched_is_said(shelf: Shelf) -> None:
    folder = _render(shelf.folder / "v2" / "plate", range(1001, 1101))
    _render(shelf.folder / "other", range(1001, 1101), name="y.{:04d}.png")
    media = _sequence("C:\\Users\\robin\\data\\")
    linked, linker = _link(media, shelf, 10, shelf.folder)
    assert linked.source.path == folder / "x.%04d.png"
    assert [note.message for note in linker.notes] == [
        "its image sequence “C:\\Users\\robin\\data\\x.[1001-1100].png” is not here;"
        f" {folder / 'x.%04d.png'} is used: the same name, 100 pictures from number 1001",
        "“x.%04d.png” is an image sequence of 100 pictures",
    ]


def test_a_sequence_may_have_moved_to_larger_pictures_with_another_ending(shelf: Shelf) -> None:
    folder = _render(shelf.folder, range(1001, 1101), name="x.{:04d}.dpx")
    linked, linker = _link(_sequence("/gone"), shelf, 10, shelf.folder)
    assert linked.source.path == folder / "x.%04d.dpx"
    assert "the same name but for “.dpx”" in linker.notes[0].message


def test_two_folders_that_hold_the_sequence_are_refused_by_name(shelf: Shelf) -> None:
    paths = [_render(shelf.folder / name, range(1001, 1101)) / "x.%04d.png" for name in ("v1", "v2")]
    with pytest.raises(MediaRefused) as caught:
        _link(_sequence("/gone"), shelf, 10, shelf.folder)
    assert all(str(path) in caught.value.message for path in paths)


@pytest.mark.parametrize(
    ("suffix", "what"),
    [
        (".hdr", "is HDR: linear light"),
        (".pfm", "is PFM: linear light"),
        (".tga", "pictures that reperform does not read (.tga)"),
    ],
)
def test_pictures_that_are_not_read_are_refused_by_name_with_the_way_out(shelf: Shelf, suffix: str, what: str) -> None:
    _render(shelf.folder, range(1001, 1101), name="x.{:04d}" + suffix)
    with pytest.raises(MediaRefused) as caught:
        _link(_sequence(shelf.folder, suffix=suffix), shelf)
    assert what in caught.value.message
    assert "DPX sequence" in (caught.value.fix or "")
    assert shelf.opened == []
