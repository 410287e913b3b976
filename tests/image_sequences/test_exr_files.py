"""An OpenEXR file is written again with another picture and nothing else: headers, other channels, parts and pieces stay bit for bit."""

from __future__ import annotations

import ctypes
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from av.video.frame import VideoFrame

from image_sequences import linear_light
from image_sequences.linear_light import HEIGHT, WIDTH
from reperform.errors import ConformError, MediaError, MediaRefused
from reperform.media.picture_files import exr, exr_header
from reperform.media.picture_files.exr_layout import parsed
from reperform.media.pictures import Planes, planes

LOSSLESS = ("NO", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "HTJ2K256", "HTJ2K32", "ZSTD")
LOSSY = ("B44", "B44A", "DWAA", "DWAB")


def compression(name: str) -> Any:
    return getattr(OpenEXR, f"{name}_COMPRESSION")


def altered(path: Path) -> tuple[Planes, int]:
    """The file's picture with another green in one region, and how many pixels that has."""
    green, blue, red = planes(exr.picture(path))
    green = green.copy()
    green[100:120, 200:240] = green[100:120, 200:240] * 0.5 + 0.01
    return (green, blue, red), 20 * 40


def rewritten(path: Path, picture: Planes) -> Path:
    made = path.with_name("made.exr")
    made.write_bytes(exr.rewritten(path, picture))
    return made


@pytest.mark.parametrize(
    ("tiled", "kind"), [(False, "half"), (True, "float")], ids=["half-floats in lines", "floats in tiles"]
)
@pytest.mark.parametrize("name", LOSSLESS)
def test_only_the_numbers_that_were_changed_are_others(tmp_path: Path, name: str, tiled: bool, kind: str) -> None:
    header: dict[str, Any] = {"compression": compression(name)}
    if tiled:
        header |= {"type": OpenEXR.tiledimage, "tiles": OpenEXR.TileDescription()}
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1, kind=kind), **header)
    picture, count = altered(path)
    made = rewritten(path, picture)
    assert linear_light.differing(path, made) == {"G": count}
    near = exr.pixels(made)[100:120, 200:240, 1] / picture[0][100:120, 200:240] - 1
    assert float(np.abs(near).max()) <= _ROUNDING[kind]


_ROUNDING = {"half": 2**-11, "float": 2**-16}
"""PXR24 keeps 24 bits of a float."""


@pytest.mark.parametrize("name", LOSSY)
def test_where_coding_loses_the_pieces_without_a_change_stay_as_they_are(tmp_path: Path, name: str) -> None:
    """What is coded again loses once more; the lines above and below do not, nor does what is coded without a loss."""
    header = {"compression": compression(name), "dwaCompressionLevel": 30.0}
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), **header)
    picture, _ = altered(path)
    made = rewritten(path, picture)
    before, after = linear_light.read(path), linear_light.read(made)
    same = {name: linear_light.bits(before[name]) == linear_light.bits(after[name]) for name in before}
    if name != "DWAB":
        assert all(plane[:96].all() and plane[128:].all() for plane in same.values())
    assert same["depth.Z"].all() and same["id"].all()
    near = np.abs(after["G"][100:120, 200:240].astype(np.float32) - picture[0][100:120, 200:240])
    assert float(near.max()) < 0.05
    assert OpenEXR.File(str(made), header_only=True).header()["dwaCompressionLevel"] == 30.0


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
def test_its_own_picture_gives_the_file_back(tmp_path: Path, name: str) -> None:
    """Not decoded and coded again: the same bytes."""
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), compression=compression(name))
    assert exr.rewritten(path, planes(exr.picture(path))) == path.read_bytes()


def test_all_that_its_header_says_stays(tmp_path: Path) -> None:
    header: dict[str, Any] = {
        "chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
        "timeCode": linear_light.timecode(12),
        "owner": "A studio",
        "nuke/node_hash": "1f0c",
        "pixelAspectRatio": 2.0,
        "screenWindowWidth": 1.5,
        "lineOrder": OpenEXR.DECREASING_Y,
    }
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), **header)
    rate = struct.pack("<iI", 24000, 1001)
    file = linear_light.with_attribute(path.read_bytes(), "framesPerSecond", "rational", rate)
    path.write_bytes(linear_light.with_attribute(file, "studioSlate", "ourOwnKind", b"\0\1\2"))
    picture, _ = altered(path)
    before, after = path.read_bytes(), rewritten(path, picture).read_bytes()
    assert after != before
    assert after[: parsed(after).head] == before[: parsed(before).head]
    assert linear_light.read(path.with_name("made.exr")).keys() == linear_light.read(path).keys()


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        (linear_light.window(0, 0, WIDTH, HEIGHT), linear_light.window(40, 30, 200, 120)),
        (linear_light.window(-7, -11, WIDTH, HEIGHT), linear_light.window(0, 0, 300, 160)),
        (linear_light.window(60, 20, WIDTH, HEIGHT), linear_light.window(0, 0, 640, 360)),
        (linear_light.window(-200, 20, WIDTH, HEIGHT), linear_light.window(0, 0, 640, 360)),
    ],
    ids=["overscan", "overscan on all sides", "cropped", "half outside"],
)
def test_what_is_stored_beyond_the_picture_stays_and_what_is_not_stored_is_black(
    tmp_path: Path, stored: Any, seen: Any
) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), dataWindow=stored, displayWindow=seen)
    size = [int(edge) for edge in seen[1] - seen[0] + 1]
    assert (exr_header.facts(path).width, exr_header.facts(path).height) == tuple(size)
    whole = exr.pixels(path)
    left, top = (int(edge) for edge in stored[0] - seen[0])
    there = np.zeros(whole.shape[:2], bool)
    there[max(0, top) : max(0, top + HEIGHT), max(0, left) : max(0, left + WIDTH)] = True
    assert not whole[~there].any()
    made = rewritten(path, tuple(np.full(plane.shape, 0.25, np.float32) for plane in planes(exr.picture(path))))
    assert np.array_equal(exr.pixels(made)[there], np.full((int(there.sum()), 3), 0.25, np.float32))
    before, after = linear_light.read(path)["R"], linear_light.read(made)["R"]
    changed = linear_light.bits(before) != linear_light.bits(after)
    rows, columns = np.nonzero(changed)
    inside = (rows + top >= 0) & (rows + top < size[1]) & (columns + left >= 0) & (columns + left < size[0])
    assert inside.all() and len(rows)


def test_of_several_parts_only_the_pictures_is_touched(tmp_path: Path) -> None:
    numbers = linear_light.numbers_of(1)
    depth = OpenEXR.Part(
        {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.scanlineimage}, {"Z": numbers["depth.Z"]}, "depth"
    )
    matte = OpenEXR.Part(
        {"type": OpenEXR.tiledimage, "tiles": OpenEXR.TileDescription(), "compression": OpenEXR.PIZ_COMPRESSION},
        dict.fromkeys(("matte.R", "matte.G", "matte.B"), numbers["A"]),
        "matte",
    )
    main = {name: numbers[name] for name in "RGBA"}
    rgba = OpenEXR.Part({"compression": OpenEXR.PIZ_COMPRESSION, "type": OpenEXR.scanlineimage}, main, "rgba")
    path = tmp_path / "x.exr"
    OpenEXR.File([depth, matte, rgba]).write(str(path))
    picture, count = altered(path)
    made = rewritten(path, picture)
    assert [linear_light.differing(path, made, part) for part in range(3)] == [{}, {}, {"G": count}]


def test_a_file_with_layers_only_shows_the_first_or_the_beauty(tmp_path: Path) -> None:
    numbers = linear_light.numbers_of(1)
    layers = {
        f"{layer}.{name}": numbers[name] * share for layer, share in (("aa", 0.5), ("beauty", 1)) for name in "RGB"
    }
    path = linear_light.write(tmp_path / "x.exr", {name: plane.astype(np.float16) for name, plane in layers.items()})
    assert np.array_equal(exr.pixels(path)[:60, :, 0], numbers["R"][:60].astype(np.float32))


def test_a_number_too_large_for_a_half_float_becomes_the_largest(tmp_path: Path) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1))
    (green, blue, red), _ = altered(path)
    green[0, 0] = 1e9
    assert exr.pixels(rewritten(path, (green, blue, red)))[0, 0, 1] == 65504


REFUSED: dict[str, tuple[dict[str, Any], Any, str]] = {
    "mipmaps": ({"type": OpenEXR.tiledimage}, None, "is a mipmap"),
    "luminance and chroma": ({}, {"Y": 1, "RY": 1, "BY": 1}, "has no red, green and blue channels"),
    "depth only": ({}, {"Z": 1}, "has no red, green and blue channels"),
    "whole numbers": ({}, {"R": np.uint32, "G": np.uint32, "B": np.uint32}, "has a picture of whole numbers"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_kind_that_is_not_written_is_refused_by_name(tmp_path: Path, what: str) -> None:
    header, channels, said = REFUSED[what]
    numbers = linear_light.numbers_of(1)
    if channels is not None:
        numbers = {
            name: np.zeros((HEIGHT, WIDTH), kind if kind != 1 else np.float16) for name, kind in channels.items()
        }
    if what == "mipmaps":
        tiles = OpenEXR.TileDescription()
        tiles.mode = OpenEXR.MIPMAP_LEVELS
        header = {**header, "tiles": tiles}
    path = linear_light.write(tmp_path / "x.exr", numbers, **header)
    with pytest.raises(MediaRefused, match=f"x.exr {said}") as refused:
        exr.pixels(path)
    assert refused.value.fix


def test_a_deep_file_is_refused_by_name(tmp_path: Path) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1))
    file = bytearray(path.read_bytes())
    file[4:8] = (2 | 0x800).to_bytes(4, "little")
    at = file.index(b"scanlineimage")
    file[at - 4 : at + 13] = (12).to_bytes(4, "little") + b"deepscanline"
    path.write_bytes(file)
    with pytest.raises(MediaRefused, match=r"x\.exr is deep"):
        exr_header.facts(path)


def test_tiles_that_no_memory_holds_are_refused(tmp_path: Path) -> None:
    header: dict[str, Any] = {"type": OpenEXR.tiledimage, "tiles": OpenEXR.TileDescription()}
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), **header)
    file = bytearray(path.read_bytes())
    at = file.index(b"tiledesc\0") + 13
    file[at : at + 8] = struct.pack("<II", 32, 16252960)
    path.write_bytes(file)
    with pytest.raises(MediaRefused, match=r"x\.exr has tiles of 32 × 16252960 pixels"):
        exr_header.facts(path)


@pytest.mark.parametrize("kept", [4, 40, 300, 900, 4000, -1])
def test_a_file_that_ends_early_is_named(tmp_path: Path, kept: int) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(MediaError, match=r"x\.exr is damaged"):
        exr.pixels(path)


def test_whatever_bytes_are_damaged_there_is_a_picture_or_an_error_with_a_name(tmp_path: Path) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), compression=OpenEXR.PIZ_COMPRESSION)
    whole, random = path.read_bytes(), np.random.default_rng(7)
    broken = tmp_path / "broken.exr"
    for turn in range(30):
        file = bytearray(whole)
        reach = 900 if turn % 2 else len(file)
        for place in random.integers(4, reach, 4):
            file[place] = random.integers(256)
        broken.write_bytes(file)
        try:
            exr.rewritten(broken, tuple(plane + 0.5 for plane in _finite(exr.picture(broken))))
        except (MediaError, MediaRefused, ConformError) as error:
            assert error.message.startswith("broken.exr")


def _finite(picture: VideoFrame) -> Planes:
    return tuple(np.nan_to_num(plane) for plane in planes(picture))


def test_a_picture_of_another_size_is_not_written(tmp_path: Path) -> None:
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1))
    with pytest.raises(ConformError, match=r"x\.exr is of another size"):
        exr.rewritten(path, tuple(np.zeros((10, 10), np.float32) for _ in range(3)))


@pytest.mark.parametrize("name", ["HTJ2K256", "HTJ2K32"])
def test_what_a_decoder_prints_of_a_damaged_picture_is_not_on_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """That is for results alone; whichever thread decodes, also at once."""
    path = linear_light.write(tmp_path / "x.exr", linear_light.numbers_of(1), compression=compression(name))
    data = bytearray(path.read_bytes())
    data[data.find(b"\xff\x4f\xff\x51") + 7] ^= 0xF2
    path.write_bytes(data)
    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(exr.pixels, [path] * 8))
    ctypes.CDLL(None).fflush(None)
    print("a result", flush=True)
    said = capfd.readouterr()
    assert (said.out, "ojph warning" in said.err) == ("a result\n", True)
