"""What is sent: exactly the job's frames, as every engine can take them, and sound of exactly their length."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import burned
from media_kit import job_of, shot_over, tone
from reperform.engines.base import Capabilities, Price
from reperform.errors import MediaError
from reperform.media import extracting, frames
from reperform.media.probing import probe
from reperform.media.raster import sent_raster
from reperform.model import PlanSettings, Shot, Source
from reperform.timing import FrameRange, sample_at
from shared import SHARED, needs

Movie = Callable[..., Path]
NTSC = Fraction(24000, 1001)


def extracted(shot: Shot, wanted: FrameRange, folder: Path, **settings: object) -> tuple[Source, Source]:
    prepared = extracting.extract(
        shot, job_of(shot, wanted), folder=folder, name="attempt_1", sound=tone,
        settings=PlanSettings.model_validate(settings),
    )  # fmt: skip
    assert prepared.audio is not None
    assert sorted(path.name for path in folder.iterdir()) == ["attempt_1.mp4", "attempt_1.wav"]
    return probe(prepared.video), probe(prepared.audio)


@pytest.mark.parametrize("rate", [NTSC, Fraction(25), Fraction(60000, 1001)], ids=lambda rate: f"at {rate}")
@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_exactly_the_wanted_frames_are_sent_at_the_exact_rate(
    movie: Movie, tmp_path: Path, rate: Fraction, codec: str
) -> None:
    shot = shot_over(probe(movie("a.mov", codec=codec, rate=rate, frames=40)))
    video, audio = extracted(shot, FrameRange(7, 25), tmp_path)
    assert burned.numbers(video.path) == list(range(7, 32))
    assert (video.rate, video.frames, video.variable) == (rate, 25, False)
    assert (audio.rate, audio.codec) == (Fraction(48000), "pcm_s16le")
    assert audio.frames == sample_at(25, rate, 48000)


def test_the_movie_is_what_engines_take_and_says_nothing_of_who_made_it(movie: Movie, tmp_path: Path) -> None:
    path = movie("a.mov", codec="prores", rate=NTSC, frames=30, timecode="01:00:00:00", channels=2)
    video, _ = extracted(shot_over(probe(path)), FrameRange(3, 20), tmp_path)
    with av.open(str(video.path)) as container:
        stream = container.streams.video[0]
        times = [(packet.pts, packet.dts) for packet in container.demux(stream) if packet.size]
        facts = (len(container.streams), stream.codec_context.has_b_frames, stream.time_base, stream.duration)
    assert facts == (1, False, Fraction(1, 24000), 20 * 1001)
    assert times == [(n * 1001, n * 1001) for n in range(20)]
    assert (video.codec, video.profile, video.pixel_format, video.start_frame) == ("h264", "High", "yuv420p", None)
    assert video.color == {"primaries": "bt709", "transfer": "bt709", "space": "bt709", "range": "tv"}
    told = video.path.read_bytes()
    assert [word for word in (b"elst", b"Lavf", b"x264 -", b"a.mov", b"01:00") if word in told] == []


def test_frames_are_relabelled_one_to_one_and_their_sound_with_them(movie: Movie, tmp_path: Path) -> None:
    shot = shot_over(probe(movie("a.mp4", rate=NTSC, frames=48)))
    video, audio = extracted(shot, FrameRange(0, 48), tmp_path, send_rate="25/1")
    assert (video.rate, burned.numbers(video.path)) == (Fraction(25), list(range(48)))
    assert audio.frames == 48 * 1920
    heard = burned.sound(audio.path)[:, 0]
    loudest = np.abs(np.fft.rfft(heard)).argmax() * 48000 / len(heard)
    assert loudest == pytest.approx(440 * 25 / float(NTSC), abs=1)


def test_a_reversed_shot_is_sent_as_it_is_seen(movie: Movie, tmp_path: Path) -> None:
    backwards = tuple(range(39, 9, -1))
    shot = shot_over(probe(movie("a.mp4", frames=60)), mapped=backwards)
    video, _ = extracted(shot, FrameRange(105, 12), tmp_path)
    assert burned.numbers(video.path) == list(backwards[5:17])


def test_a_frozen_shot_is_sent_as_it_is_seen(movie: Movie, tmp_path: Path) -> None:
    shot = shot_over(probe(movie("a.mp4", frames=60)), mapped=(20,) * 10)
    video, _ = extracted(shot, FrameRange(100, 10), tmp_path)
    assert burned.numbers(video.path) == [20] * 10


def test_a_range_past_the_media_is_an_error_and_leaves_nothing(movie: Movie, tmp_path: Path) -> None:
    shot = shot_over(probe(movie("a.mp4", frames=60)))
    with pytest.raises(MediaError, match="has no frame 60"):
        extracted(shot, FrameRange(50, 11), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_speaks_gets_no_sound(movie: Movie, tmp_path: Path) -> None:
    shot = shot_over(probe(movie("a.mp4", frames=60)))
    job = job_of(shot, FrameRange(0, 3))
    prepared = extracting.extract(shot, job, folder=tmp_path, name="a", sound=None, settings=PlanSettings())
    assert (prepared.audio, [path.name for path in tmp_path.iterdir()]) == (None, ["a.mp4"])


def test_wide_pixels_are_made_square_and_turned_pictures_upright(
    movie: Movie, rewrite: Callable[..., Path], tmp_path: Path
) -> None:
    wide = probe(movie("a.mov", codec="prores", frames=6, extra=("-aspect", "64:27")))
    turned = probe(rewrite(movie("a.mp4"), "turned.mp4", before=("-display_rotation", "-90")))
    assert (sent_raster(wide), sent_raster(turned)) == ((426, 180), (180, 320))
    (tmp_path / "wide").mkdir()
    (tmp_path / "turned").mkdir()
    one, _ = extracted(shot_over(wide), FrameRange(2, 2), tmp_path / "wide")
    two, _ = extracted(shot_over(turned), FrameRange(2, 2), tmp_path / "turned")
    assert (one.width, one.height, one.pixel_aspect) == (426, 180, Fraction(1))
    assert (two.width, two.height, two.rotation) == (180, 320, 0)
    picture = next(burned.pictures(two.path))
    assert burned.number_in(np.rot90(picture, 1)) == 2


@pytest.mark.parametrize(
    ("size", "sent"),
    [
        ((1920, 1080), (1920, 1080)),
        ((4096, 2160), (4096, 2160)),
        ((6144, 3160), (4096, 2106)),
        ((3160, 6144), (2106, 4096)),
        ((2160, 4096), (2160, 4096)),
        ((320, 180), (852, 480)),
        ((1999, 1125), (1998, 1124)),
    ],
    ids=str,
)
def test_a_raster_is_scaled_only_as_far_as_the_limits_ask(size: tuple[int, int], sent: tuple[int, int]) -> None:
    source = Source(path=Path("a.mov"), kind="movie", rate=Fraction(25), frames=1, width=size[0], height=size[1])
    assert sent_raster(source, largest=(4096, 2160), smallest=(640, 480)) == sent


def test_the_engines_limit_holds_for_what_is_sent(movie: Movie, tmp_path: Path) -> None:
    price = Price(amount=None, unit="nothing", as_of="2026-11-01", source="none")
    small = Capabilities(engine="x", model="y", longest_input_seconds=None, largest_raster=(160, 160), price=price)
    shot = shot_over(probe(movie("a.mp4", frames=60)))
    job = job_of(shot, FrameRange(0, 2))
    prepared = extracting.extract(
        shot, job, folder=tmp_path, name="a", sound=None, settings=PlanSettings(), capabilities=small
    )
    assert (probe(prepared.video).width, probe(prepared.video).height) == (160, 90)


@pytest.mark.parametrize("codec", ["mjpeg", "prores"])
def test_brightness_survives_whatever_the_range_and_depth_of_the_original(
    movie: Movie, tmp_path: Path, codec: str
) -> None:
    source = probe(movie("a.mov", codec=codec, frames=10))
    video, _ = extracted(shot_over(source), FrameRange(4, 1), tmp_path)
    before, after = (frames.rgb(one, n).astype(float) for one, n in ((source, 4), (video, 0)))
    assert np.abs(before - after).mean() < 2


@needs("footage/presenter_6s_vfr_h264.mp4")
def test_a_real_variable_rate_range_is_sent_at_a_constant_rate_showing_the_same(tmp_path: Path) -> None:
    source = probe(SHARED / "footage" / "presenter_6s_vfr_h264.mp4")
    video, audio = extracted(shot_over(source), FrameRange(60, 30), tmp_path)
    assert (video.rate, video.frames, video.variable, audio.frames) == (Fraction(30), 30, False, 48000)
    for number in (0, 13, 29):
        seen, sent = (frames.rgb(one, n, width=175) for one, n in ((source, 60 + number), (video, number)))
        assert np.abs(seen.astype(float) - sent).mean() < 3


@needs("footage/actor_20s_25fps_hevc.mp4")
def test_a_real_range_from_the_middle_of_a_long_group_shows_the_same(tmp_path: Path) -> None:
    source = probe(SHARED / "footage" / "actor_20s_25fps_hevc.mp4")
    video, _ = extracted(shot_over(source), FrameRange(333, 6), tmp_path)
    pairs = zip(
        frames.arrays(source, range(333, 339), width=135), frames.arrays(video, video.range, width=135), strict=True
    )
    assert max(np.abs(seen.astype(float) - sent).mean() for seen, sent in pairs) < 3


_PEAK = """
import resource, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from media_kit import job_of, shot_over, tone
from reperform.media import extracting
from reperform.media.probing import probe
from reperform.model import PlanSettings
from reperform.timing import FrameRange
shot = shot_over(probe(Path({movie!r})))
job = job_of(shot, FrameRange({start}, {frames}))
extracting.extract(shot, job, folder=Path({folder!r}), name="a", sound=tone, settings=PlanSettings())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_what_is_sent_nor_with_where_it_lies(movie: Movie, tmp_path: Path) -> None:
    path = movie("a.mp4", frames=1600, size=(640, 360))
    peaks = []
    for start, count in ((0, 30), (0, 1500), (1560, 30)):
        paths = [str(Path(__file__).parents[1])]
        code = _PEAK.format(paths=paths, movie=str(path), start=start, frames=count, folder=str(tmp_path))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert max(peaks) - min(peaks) < 25_000, "kilobytes"
