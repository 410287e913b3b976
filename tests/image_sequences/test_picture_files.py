"""A picture is written as the file that it came in: the same kind, depth, packing and compression, and what else that file says."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from image_sequences import rendered
from reperform.errors import MediaError
from reperform.files import atomic_folder
from reperform.media import sequences
from reperform.media.picture_files import stills, writing
from reperform.media.pictures import Fitter, Planes, coding_of, planes
from reperform.model import Source


def planes_of(source: Source, number: int) -> tuple[Planes, str]:
    """A picture in the format in which changed ones are made."""
    pixel_format = writing.planar_format(source)
    assert pixel_format is not None
    coding = coding_of(source)
    size = {"width": source.width, "height": source.height}
    fitter = Fitter(coding, **size, pixel_format=pixel_format, into=coding)
    return planes(fitter.fit(next(sequences.pictures(source, [number])))), pixel_format


@pytest.mark.parametrize(
    ("ending", "pixel_format", "more", "kept"),
    [
        ("png", "rgb24", "", "rgb24"),
        ("png", "rgb48be", "", "rgb48be"),
        ("png", "rgba", "", "rgba"),
        ("png", "rgba64be", "", "rgba64be"),
        ("png", "gray", "", "gray"),
        ("png", "gray16be", "", "gray16be"),
        ("png", "ya8", "", "rgba"),
        ("png", "pal8", "", "rgb24"),
        ("tif", "rgb24", "-compression_algo packbits", "rgb24"),
        ("tif", "rgb48le", "-compression_algo lzw", "rgb48le"),
        ("tif", "rgba", "-compression_algo deflate", "rgba"),
        ("tif", "rgba64le", "-compression_algo raw", "rgba64le"),
        ("tif", "gray16le", "", "gray16le"),
        ("dpx", "rgb24", "", "rgb24"),
        ("dpx", "rgba", "", "rgba"),
        ("dpx", "gbrp10be", "", "gbrp10le"),
        ("dpx", "gbrp10le", "", "gbrp10le"),
        ("dpx", "gbrp12be", "", "gbrp12le"),
        ("dpx", "rgb48be", "", "rgb48be"),
    ],
)
def test_its_own_picture_written_again_is_the_same_to_the_last_bit(
    tmp_path: Path, ending: str, pixel_format: str, more: str, kept: str
) -> None:
    source = rendered.render(tmp_path, ending, pixel_format, count=2, more=more)
    path, made = sequences.frame_path(source, 1), tmp_path / f"made.{ending}"
    picture, planar = planes_of(source, 1)
    made.write_bytes(writing.rewritten(path, picture, pixel_format=planar))
    assert stills.decoded(made).format.name == kept
    assert np.array_equal(rendered.rgba(made), rendered.rgba(path))
    if ending == "dpx":
        assert made.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("ending", "pixel_format"), [("png", "gray"), ("png", "rgb24"), ("tif", "gray"), ("dpx", "rgba")]
)
def test_another_picture_is_written_with_its_colours(tmp_path: Path, ending: str, pixel_format: str) -> None:
    """A writer of pictures saves a grey frame without colours; the performance in it may have some."""
    source = rendered.render(tmp_path, ending, pixel_format, count=1)
    (green, blue, red), planar = planes_of(source, 0)
    path, made = sequences.frame_path(source, 0), tmp_path / f"made.{ending}"
    made.write_bytes(writing.rewritten(path, (green, blue, 255 - red), pixel_format=planar))
    before, after = rendered.rgba(path), rendered.rgba(made)
    assert np.array_equal(after[..., 0], 255 - before[..., 0])
    assert np.array_equal(after[..., 1:], before[..., 1:])


@pytest.mark.parametrize("pixel_format", ["yuvj420p", "yuvj422p", "yuvj444p"])
def test_a_jpeg_is_coded_with_the_tables_and_the_sampling_of_the_file(tmp_path: Path, pixel_format: str) -> None:
    source = rendered.render(tmp_path, "jpg", pixel_format, count=1, more="-q:v 4")
    path, (picture, planar) = sequences.frame_path(source, 0), planes_of(source, 0)
    made = tmp_path / "made.jpg"
    made.write_bytes(writing.rewritten(path, picture, pixel_format=planar))
    assert (_tables(made), stills.decoded(made).format.name) == (_tables(path), pixel_format)
    assert np.abs(rendered.rgba(made) - rendered.rgba(path)).mean() < 0.1


def _tables(path: Path) -> dict[int, list[int]]:
    with Image.open(path) as found:
        assert isinstance(found, JpegImagePlugin.JpegImageFile)
        return found.quantization


def test_a_dpx_keeps_all_of_its_header(tmp_path: Path) -> None:
    """Timecode and film data stand there."""
    source = rendered.render(tmp_path, "dpx", "gbrp10be", count=1)
    path, (picture, planar) = sequences.frame_path(source, 0), planes_of(source, 0)
    file = bytearray(path.read_bytes())
    file[1432:1440] = b"A014C003"
    path.write_bytes(file)
    made, begins = writing.rewritten(path, tuple(1023 - plane for plane in picture), pixel_format=planar), 1664
    assert (made[:begins], len(made)) == (bytes(file[:begins]), len(file))
    assert made[begins:] != bytes(file[begins:])


def test_a_png_keeps_its_profile_and_words(tmp_path: Path) -> None:
    source = rendered.render(tmp_path, "png", "rgb24", count=1)
    path = sequences.frame_path(source, 0)
    said = PngImagePlugin.PngInfo()
    said.add_text("Shot", "A_014")
    Image.open(path).save(path, pnginfo=said, icc_profile=b"a profile", dpi=(72, 72))
    picture, planar = planes_of(source, 0)
    info = Image.open(io.BytesIO(writing.rewritten(path, picture, pixel_format=planar))).info
    assert (info["Shot"], info["icc_profile"], round(info["dpi"][0])) == ("A_014", b"a profile", 72)


@pytest.mark.parametrize("order", ["little-endian", "big-endian"])
def test_a_tiff_keeps_its_compression_profile_and_tags(tmp_path: Path, order: str) -> None:
    source = rendered.render(tmp_path, "tif", "rgb24", count=1)
    path = sequences.frame_path(source, 0)
    tags = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II" if order == "little-endian" else b"MM")
    tags[270], tags[700] = "shot A_014, take 3", b"<x:xmpmeta/>"
    options: dict[str, Any] = {"tiffinfo": tags, "icc_profile": b"a profile", "dpi": (72, 72)}
    Image.open(path).save(path, compression="tiff_adobe_deflate", **options)
    picture, planar = planes_of(source, 0)
    made = Image.open(io.BytesIO(writing.rewritten(path, picture, pixel_format=planar)))
    assert isinstance(made, TiffImagePlugin.TiffImageFile)
    assert made.info["compression"] in ("tiff_adobe_deflate", "tiff_deflate")
    assert (made.tag_v2[270], made.info["icc_profile"], made.tag_v2[700]) == (
        "shot A_014, take 3",
        b"a profile",
        b"<x:xmpmeta/>",
    )


@pytest.mark.parametrize("what", ["colour differences", "floating numbers"])
def test_a_tiff_that_cannot_be_written_as_it_was_goes_to_the_mezzanine(tmp_path: Path, what: str) -> None:
    source = rendered.render(tmp_path, "tif", "yuv444p" if what == "colour differences" else "rgb24", count=1)
    if what == "floating numbers":
        cv2.imwrite(str(sequences.frame_path(source, 0)), np.zeros((180, 320, 3), np.float32))
    assert writing.planar_format(source) is None


def test_a_damaged_file_is_named_not_written(tmp_path: Path) -> None:
    source = rendered.render(tmp_path, "png", "rgb24", count=1)
    picture, planar = planes_of(source, 0)
    path = sequences.frame_path(source, 0)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(MediaError):
        writing.rewritten(path, picture, pixel_format=planar)


def test_every_chunk_of_a_png_is_whole(tmp_path: Path) -> None:
    source = rendered.render(tmp_path, "png", "rgba64be", count=1)
    picture, planar = planes_of(source, 0)
    file = writing.rewritten(sequences.frame_path(source, 0), picture, pixel_format=planar)
    at, kinds = 8, []
    while at < len(file):
        length = struct.unpack(">I", file[at : at + 4])[0]
        body = file[at + 4 : at + 8 + length]
        assert struct.unpack(">I", file[at + 8 + length : at + 12 + length])[0] == zlib.crc32(body)
        kinds.append(body[:4])
        at += 12 + length
    assert (kinds[0], kinds[-1], b"IDAT" in kinds) == (b"IHDR", b"IEND", True)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    made = tmp_path / "take"
    with pytest.raises(RuntimeError), atomic_folder(made) as folder:
        (folder / "1.png").write_bytes(b"1")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    for content in (b"1", b"2"):
        with atomic_folder(made) as folder:
            assert not (folder / "1.png").exists()
            (folder / "1.png").write_bytes(content)
    assert [path.name for path in tmp_path.iterdir()] == ["take"]
    assert (made / "1.png").read_bytes() == b"2"
