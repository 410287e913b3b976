"""An image sequence is read, sent and told apart as a movie is: every frame is the file of its number."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

import burned
import media_kit
from reperform.errors import MediaError, MediaRefused
from reperform.media import frames, sequences
from reperform.media.extracting import extract
from reperform.media.identities import source_identity
from reperform.media.packets import picture_packets
from reperform.model import ImageSequence, PlanSettings, Source
from reperform.timing import FrameRange

FRAMES = 40
RATE = Fraction(24)
Render = Callable[..., Source]


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Renders burned pictures 1001 … into files, once for all that ask for the same."""
    made: dict[tuple[str, str, int], Source] = {}

    def rendered(ending: str, pixel_format: str, *, count: int = FRAMES, fresh: bool = False) -> Source:
        key = (ending, pixel_format, count)
        if fresh or key not in made:
            source = _rendered(tmp_path_factory.mktemp("plate"), ending, pixel_format, count)
            if fresh:
                return source
            made[key] = source
        return made[key]

    return rendered


def _rendered(folder: Path, ending: str, pixel_format: str, count: int) -> Source:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180"]
    command += ["-i", "pipe:0", "-pix_fmt", pixel_format, "-start_number", "1001", "-q:v", "2"]
    pictures = b"".join(burned.picture(number).tobytes() for number in range(count))
    subprocess.run([*command, str(folder / f"x.%04d.{ending}")], input=pictures, check=True)
    sequence = ImageSequence(prefix="x.", suffix=f".{ending}", padding=4, first=1001, frames=count)
    return sequences.probe(folder / sequence.pattern, sequence, rate=RATE)


@pytest.mark.parametrize(
    ("ending", "pixel_format", "expected"),
    [
        ("png", "rgb24", ("png", "rgb24")),
        ("png", "rgb48be", ("png", "rgb48le")),
        ("png", "gray", ("png", "rgb24")),
        ("png", "rgba", ("png", "rgb24")),
        ("tif", "rgb24", ("tiff", "rgb24")),
        ("tif", "rgb48le", ("tiff", "rgb48le")),
        ("dpx", "gbrp10be", ("dpx", "gbrp10le")),
        ("dpx", "gbrp12be", ("dpx", "gbrp12le")),
        ("jpg", "yuvj420p", ("mjpeg", "yuvj420p")),
    ],
)
def test_every_kind_of_picture_is_read_by_its_number(
    render: Render, ending: str, pixel_format: str, expected: tuple[str, str]
) -> None:
    source = render(ending, pixel_format, count=12)
    assert (source.kind, source.frames, source.rate, source.codec, source.pixel_format) == (
        "movie",
        12,
        RATE,
        *expected,
    )
    assert (source.width, source.height, source.pixel_aspect) == (320, 180, Fraction(1))
    wanted = [0, 5, 5, 11]
    assert [burned.number_in(picture[:, :, 1]) for picture in frames.arrays(source, wanted)] == wanted


def test_frames_come_in_any_order_and_one_at_a_time(render: Render) -> None:
    source = render("png", "rgb24")
    backward = [39, 3, 20, 20, 0]
    found = [_number(picture) for picture in frames.in_any_order(source, backward)]
    assert (found, burned.number_in(frames.rgb(source, 7)[:, :, 0])) == (backward, 7)


def test_a_frame_that_is_not_there_is_named(render: Render) -> None:
    source = render("png", "rgb24", count=12)
    with pytest.raises(MediaError, match=r"x\.%04d\.png has no frame 12"):
        frames.rgb(source, 12)


def _breaking(source: Source, how: str) -> None:
    path = sequences.frame_path(source, 5)
    if how == "gone":
        path.unlink()
    elif how == "cut short":
        path.write_bytes(path.read_bytes()[:40])
    else:
        path.write_text("#EXTM3U\nhttp://example.com/a.png\n")


@pytest.mark.parametrize("how", ["gone", "cut short", "a playlist"])
def test_a_picture_that_broke_after_the_plan_is_named(render: Render, how: str) -> None:
    source = render("png", "rgb24", count=12, fresh=True)
    _breaking(source, how)
    with pytest.raises(MediaError, match=r"x\.1006\.png"):
        list(frames.read(source, source.range))


def test_pictures_of_two_sizes_are_refused(render: Render) -> None:
    source = render("png", "rgb24", count=3, fresh=True)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", "color=s=160x90"]
    subprocess.run([*command, "-frames:v", "1", "-update", "1", str(sequences.frame_path(source, 1))], check=True)
    assert source.sequence is not None
    with pytest.raises(MediaRefused, match=r"x\.1002\.png is 160×90 PNG, and the first picture .* is 320×180 PNG"):
        sequences.probe(source.path, source.sequence, rate=RATE)
    with pytest.raises(MediaError, match=r"x\.1002\.png is 160×90"):
        list(frames.read(source, source.range))


def test_its_packets_are_its_files_whatever_they_are_called(render: Render, tmp_path: Path) -> None:
    source = render("png", "rgb24", count=12)
    moved = ImageSequence(prefix="take ", suffix=".png", padding=0, first=7, frames=12)
    for number in range(12):
        content = sequences.frame_path(source, number).read_bytes()
        (tmp_path / moved.name(number)).write_bytes(content)
    copy = sequences.probe(tmp_path / moved.pattern, moved, rate=RATE)
    found = []
    for each in (source, copy):
        with picture_packets(each) as packets:
            found.append((packets.digests([0, 3, 11]), packets.sizes(0, 12)))
    assert found[0] == found[1]
    assert len(set(found[0][0])) == 3
    assert source_identity(source) == source_identity(copy)
    (tmp_path / moved.name(6)).write_bytes(b"other")
    assert source_identity(source) != source_identity(copy)


def test_exactly_the_jobs_frames_are_sent(render: Render, tmp_path: Path) -> None:
    shot = media_kit.shot_over(render("png", "rgb24"))
    job = media_kit.job_of(shot, FrameRange(10, 20))
    sent = extract(shot, job, folder=tmp_path, name="sent", sound=None, settings=PlanSettings())
    assert sent.video is not None
    assert burned.numbers(sent.video) == list(range(10, 30))


def _number(picture: av.VideoFrame) -> int | None:
    return burned.number_in(picture.to_ndarray(format="gray").astype(np.uint8, copy=False))
