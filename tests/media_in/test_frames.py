"""Every picture is found by its number, whatever the codec, the clock and the way the file keeps time."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import burned
from reperform.errors import MediaError
from reperform.media import frames
from reperform.media.probing import probe
from reperform.model import Source
from reperform.timing import FrameRange

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60000, 1001)]
OPEN_GROUPS = ("-x264-params", "open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0")
HEVC_OPEN_GROUPS = ("-x265-params", "log-level=error:open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0")
KINDS = {
    "h264 with B-frames, mp4": ("a.mp4", "h264", ()),
    "h264, open groups, mov": ("a.mov", "h264", OPEN_GROUPS),
    "h264, open groups, transport stream": ("a.ts", "h264", OPEN_GROUPS),
    "h264, one group, matroska in milliseconds": ("a.mkv", "h264", ("-g", "999")),
    "h264 without keyframes but the first": ("a.mp4", "h264", ("-g", "999", "-x264-params", "intra-refresh=1")),
    "h264 with B-frames, avi, which keeps no times": ("a.avi", "h264", ()),
    "h264, fragmented mp4": ("a.mp4", "h264", ("-movflags", "frag_keyframe+empty_moov")),
    "hevc, open groups": ("a.mp4", "hevc", HEVC_OPEN_GROUPS),
    "prores": ("a.mov", "prores", ()),
    "dnxhr mov": ("a.mov", "dnxhr", ()),
    "dnxhr mxf": ("a.mxf", "dnxhr", ()),
    "mjpeg avi": ("a.avi", "mjpeg", ()),
}
Movie = Callable[..., Path]


def number_in(picture: av.VideoFrame) -> int | None:
    return burned.number_in(picture.to_ndarray(format="gray").astype(np.uint8, copy=False))


def numbers(source: Source, wanted: FrameRange | Sequence[int]) -> list[int | None]:
    return [number_in(picture) for picture in frames.read(source, wanted)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"at {rate}")
def test_frame_n_is_the_nth_picture_at_every_rate(movie: Movie, rate: Fraction) -> None:
    source = probe(movie("a.mp4", rate=rate, frames=40))
    assert (source.rate, source.frames, source.variable) == (rate, 40, False)
    assert numbers(source, source.range) == list(range(40))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_the_same_read_in_order_and_at_random(movie: Movie, kind: str) -> None:
    name, codec, extra = KINDS[kind]
    source = probe(movie(name, rate=Fraction(30000, 1001), frames=75, codec=codec, extra=extra))
    sparse = sorted(random.Random(7).sample(range(75), 8))
    assert numbers(source, source.range) == list(range(75))
    assert numbers(source, sparse) == sparse
    assert [numbers(source, [n])[0] for n in (74, 48, 47, 35, 13, 0)] == [74, 48, 47, 35, 13, 0]


def test_a_frame_may_be_wanted_more_than_once(movie: Movie) -> None:
    assert numbers(probe(movie("a.mp4")), [3, 3, 3, 9, 9, 40]) == [3, 3, 3, 9, 9, 40]


@pytest.mark.parametrize("seed", range(3))
def test_frames_come_in_any_order_for_retimes(movie: Movie, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_MOST_HELD", 5)
    wanted = random.Random(seed).choices(range(60), k=17)
    read = frames.in_any_order(probe(movie("a.mp4")), wanted)
    assert [number_in(picture) for picture in read] == wanted


def test_frame_zero_is_the_first_picture_although_an_edit_list_hides_coded_ones(
    movie: Movie, rewrite: Callable[..., Path]
) -> None:
    source = probe(rewrite(movie("a.mp4"), "edited.mp4", before=("-ss", "0.4")))
    assert numbers(source, source.range) == list(range(10, 60))


def test_frame_zero_is_the_first_picture_although_it_is_shown_late(movie: Movie, rewrite: Callable[..., Path]) -> None:
    late = rewrite(movie("a.mp4"), "late.mp4", before=("-itsoffset", "0.7"))
    source = probe(late)
    assert (source.frames, source.variable, numbers(source, [0, 59])) == (60, False, [0, 59])


@pytest.mark.parametrize("first", [0, 60], ids=["from zero", "first picture after zero"])
@pytest.mark.parametrize("rate", [None, Fraction(24), Fraction(60000, 1001)], ids=["nominal", "at 24", "at 59.94"])
def test_a_variable_rate_file_gives_what_is_on_screen_in_the_middle_of_each_frame(
    movie: Movie, rate: Fraction | None, first: int
) -> None:
    times = f"settb=1/600,setpts='{first}+N*20+floor(N/4)*15+floor(N/7)*33'"
    path = movie(
        "a.mp4",
        frames=50,
        rate=Fraction(30),
        extra=("-vf", times, "-fps_mode", "passthrough", "-enc_time_base", "1/600"),
    )
    shown = [Fraction(first + n * 20 + n // 4 * 15 + n // 7 * 33, 600) for n in range(50)]
    source = probe(path, rate=rate)
    clock = rate or Fraction(30)
    truth = [
        max((k for k in range(50) if shown[k] <= (n + Fraction(1, 2)) / clock), default=0) for n in range(source.frames)
    ]
    assert (source.variable, source.rate) == (True, clock)
    assert source.frames == math.floor((shown[-1] + Fraction(1, 30)) * clock + Fraction(1, 2))
    assert numbers(source, source.range) == truth
    sparse = sorted(random.Random(3).sample(range(source.frames), 9))
    assert numbers(source, sparse) == [truth[n] for n in sparse]
    assert [numbers(source, [n])[0] for n in sparse] == [truth[n] for n in sparse]


@pytest.mark.parametrize("outside", [-1, 60, 400])
def test_a_frame_outside_the_file_is_an_error_that_names_it(movie: Movie, outside: int) -> None:
    source = probe(movie("a.mov", codec="prores", timecode="01:00:00:00"))
    with pytest.raises(MediaError, match=f"has no frame {outside} "):
        list(frames.read(source, [outside]))


def test_a_frame_cut_off_by_damage_is_an_error_that_names_it_after_all_before_it(movie: Movie, tmp_path: Path) -> None:
    whole = movie("a.mov", codec="prores", extra=("-movflags", "+faststart")).read_bytes()
    cut = tmp_path / "cut.mov"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    source = probe(cut)
    read: list[int | None] = []
    with pytest.raises(MediaError) as caught:
        read.extend(picture.pts for picture in frames.read(source, source.range))
    assert 30 < len(read) < 60
    assert f"cut.mov has no frame {len(read)}" in caught.value.message


def test_descending_numbers_are_refused(movie: Movie) -> None:
    with pytest.raises(ValueError, match="ascending"):
        list(frames.read(probe(movie("a.mp4")), [3, 2]))


@pytest.mark.parametrize(
    "pixel_format",
    [
        "yuv420p",
        "yuv422p10le",
        "yuv444p12le",
        "yuva444p10le",
        "yuv422p16le",
        "gbrp10le",
        "nv12",
        "p010le",
        "gray",
        "rgb24",
    ],
)
def test_planes_are_the_picture_without_padding(movie: Movie, pixel_format: str) -> None:
    picture = next(frames.read(probe(movie("a.mp4", size=(322, 182))), [5], pixel_format=pixel_format))
    name, data = frames.planes(picture)
    bits_a_pixel = {
        "yuv420p": 12,
        "nv12": 12,
        "yuv422p10le": 32,
        "yuv422p16le": 32,
        "gray": 8,
        "rgb24": 24,
        "p010le": 24,
    }
    size = 322 * 182 * bits_a_pixel.get(pixel_format, 64 if "a444" in pixel_format else 48) // 8
    luma = np.frombuffer(data, np.uint8 if pixel_format in ("yuv420p", "nv12", "gray") else "<u2")[: 322 * 182]
    assert (name, len(data)) == (pixel_format, size)
    if "gbr" not in name and "rgb" not in name:
        deep = {10: 2, 12: 4, 16: 8}.get(max(part.bits for part in picture.format.components), 0) + 6 * (
            name == "p010le"
        )
        shown = (luma.reshape(182, 322) >> deep).astype(np.uint8)
        assert burned.number_in(shown) == 5


def test_packed_pictures_come_as_planes(movie: Movie) -> None:
    picture = next(frames.read(probe(movie("a.mp4")), [5], pixel_format="yuyv422"))
    name, data = frames.planes(picture)
    assert (name, len(data)) == ("yuv422p", 320 * 180 * 2)


def test_thumbnails_are_upright_with_square_pixels(movie: Movie, rewrite: Callable[..., Path]) -> None:
    turned = probe(rewrite(movie("a.mp4"), "turned.mp4", before=("-display_rotation", "90")))
    picture = frames.rgb(turned, 7)
    assert (turned.rotation, picture.shape) == (90, (320, 180, 3))
    assert burned.number_in(np.rot90(picture[..., 1], -1)) == 7


def test_the_middle_of_a_variable_file_needs_no_rate_to_be_whole(movie: Movie) -> None:
    """A clock that the pictures never meet still shows each of them at its time."""
    source = probe(movie("a.mp4", rate=Fraction(24), frames=48))
    odd = source.model_copy(update={"variable": True, "rate": Fraction(30000, 1001), "frames": 59})
    assert numbers(odd, odd.range) == [math.floor((n + Fraction(1, 2)) / odd.rate * 24) for n in range(59)]
