"""A take's frames stand where the original's stand: frame numbers read back off the pictures prove it."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

import burned
import conforms
from reperform.media.checking import check_take
from reperform.media.conformed import Conformed
from reperform.media.conforming import conform
from reperform.media.probing import probe
from reperform.media.splicing import Splice
from reperform.model import AudioStream, PlanSettings, Shot, Source
from reperform.timing import FrameRange, format_timecode, parse_timecode, sample_at
from whole.cut_kit import RATES

CUT = PlanSettings(seam_frames=0)
STARTS = ["00:00:00:00", "01:00:00:00", "14:22:10:05", "23:59:59:10"]
TRIMMED, WHOLE = FrameRange(20, 25), FrameRange(0, 56)


def proven(folder: Path, rate_name: str, start: str, visible: FrameRange, codec: str) -> None:
    """Conforms one shot and asserts everything about its clock."""
    rate, drop = RATES[rate_name], rate_name.endswith("DF")
    start = start[:-3] + (";" if drop else ":") + start[-2:]
    path = burned.make_movie(folder / "original.mov", rate=rate, frames=56, codec=codec, timecode=start, reel="A007")
    shot = conforms.shot_of(probe(path), visible)
    cue, sent = FrameRange(24, 12), FrameRange(20, 20)
    splice = conforms.splice_of(cue, sent, conforms.return_for(folder, sent, rate))
    sound = conforms.sound_of(shot)
    conformed = conform(shot, [splice], out=folder / "take.mov", settings=CUT, reel="A007_RP001", sound=sound)
    take, covered = probe(conformed.path), shot.media.with_handles
    first = parse_timecode(start, rate) + covered.start
    assert burned.numbers(conformed.path) == conforms.expected_numbers(covered, cue)
    assert (take.rate, take.frames, take.variable) == (rate, covered.frames, False)
    assert format_timecode(take.start_frame or 0, rate, drop_frame=drop) == format_timecode(
        first, rate, drop_frame=drop
    )
    assert (take.drop_frame, take.reel) == (drop, "A007_RP001")
    assert heard(conformed) == meant_to_be_heard(covered, rate)
    assert [check for check in check_take(conformed, shot, [splice], sound=sound) if not check.passed] == []


def heard(conformed: Conformed) -> list[list[int]]:
    """The take's sound as 16-bit numbers."""
    return [[round(value * 32768) for value in sample] for sample in burned.sound(conformed.path)]


def meant_to_be_heard(covered: FrameRange, rate: Fraction) -> list[list[int]]:
    first, end = sample_at(covered.start, rate, 48000), sample_at(covered.end, rate, 48000)
    return [[int(value) for value in sample] for sample in burned.noise(end - first, 2, start=first)]


@pytest.mark.parametrize(
    ("rate", "start", "visible", "codec"),
    [
        ("24000/1001", "14:22:10:05", TRIMMED, "prores"),
        ("24", "00:00:00:00", WHOLE, "h264"),
        ("25", "01:00:00:00", TRIMMED, "dnxhr"),
        ("30000/1001 DF", "00:59:59:10", TRIMMED, "prores"),
        ("50", "23:59:59:10", WHOLE, "mjpeg"),
        ("60000/1001", "14:22:10:05", TRIMMED, "h264"),
    ],
    ids=["23.98 ProRes", "24 H.264", "25 DNxHR", "29.97 DF ProRes", "50 MJPEG past midnight", "59.94 H.264"],
)
def test_frames_sound_and_timecode_stand_in_place(
    tmp_path: Path, rate: str, start: str, visible: FrameRange, codec: str
) -> None:
    """Every frame carries its number, every sample its place, and the timecode track starts with the first frame."""
    proven(tmp_path, rate, start, visible, codec)


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["prores", "prores_lt", "dnxhr", "mjpeg", "h264", "hevc"])
@pytest.mark.parametrize("visible", [TRIMMED, WHOLE], ids=["trimmed", "untrimmed"])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("rate", RATES)
def test_every_rate_start_and_codec(tmp_path: Path, rate: str, start: str, visible: FrameRange, codec: str) -> None:
    """The same, for all of them."""
    proven(tmp_path, rate, start, visible, codec)


def test_take_of_an_original_without_timecode_lies_where_editors_look_for_it(
    tmp_path: Path, returned: Path, sent: FrameRange
) -> None:
    """Editors count such a file from zero, and so its take starts at the timecode of its place in it."""
    path = burned.make_movie(tmp_path / "plain.mov", rate=Fraction(24000, 1001), frames=60, codec="prores")
    shot = conforms.shot_of(probe(path), FrameRange(20, 25))
    splice = conforms.splice_of(FrameRange(26, 14), sent, returned)
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT, reel="PLAIN_RP001")
    take = probe(conformed.path)
    assert (conformed.start_frame, take.start_frame, take.reel) == (8, 8, "PLAIN_RP001")


@pytest.mark.parametrize("rate", [Fraction(8), Fraction(25, 2), Fraction(15), Fraction(240000, 1001)], ids=str)
def test_timecode_is_read_back_at_unusual_rates(tmp_path: Path, rate: Fraction) -> None:
    """Whatever the rate: below 11 frames a second one digit counts them."""
    path = burned.make_movie(tmp_path / "plain.mov", rate=rate, frames=20, codec="mjpeg", channels=0, size=(160, 90))
    shot, sent = conforms.shot_of(probe(path), FrameRange(17, 2)), FrameRange(17, 2)
    splice = conforms.splice_of(sent, sent, conforms.return_for(tmp_path, sent, rate, size=(160, 90)))
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT)
    assert (conformed.start_frame, probe(conformed.path).start_frame) == (5, 5)
    assert [check.detail for check in check_take(conformed, shot, [splice]) if not check.passed] == []


def test_uneven_source_is_put_on_a_constant_clock(tmp_path: Path) -> None:
    """Frame n of the take is the picture on screen at (n + ½)/rate, not the nth picture."""
    path = uneven_movie(tmp_path)
    source = probe(path, rate=Fraction(25))
    shot = conforms.shot_of(source, FrameRange(0, source.frames))
    cue = sent = FrameRange(20, 10)
    splice = conforms.splice_of(cue, sent, conforms.return_for(tmp_path, sent, Fraction(25)))
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT)
    shown = [on_screen(Fraction(2 * frame + 1, 50)) for frame in range(source.frames)]
    assert burned.numbers(conformed.path) == [
        frame + 1000 if frame in cue else shown[frame] for frame in range(source.frames)
    ]
    take = probe(conformed.path)
    assert (source.variable, take.variable, take.rate, take.frames) == (True, False, Fraction(25), source.frames)


def uneven_times() -> list[Fraction]:
    """Steps of one, two and three 25ths of a second in turn."""
    times, now = [], Fraction(0)
    for number in range(24):
        times.append(now)
        now += Fraction(number % 3 + 1, 25)
    return times


def on_screen(time: Fraction) -> int:
    return max(number for number, start in enumerate(uneven_times()) if start <= time)


def uneven_movie(folder: Path) -> Path:
    even = burned.make_movie(folder / "even.mov", rate=Fraction(25), frames=24, channels=0)
    path = folder / "uneven.mp4"
    # Of three steps in turn, 1 + 2 + 3, the nth picture is shown at 6 * (n / 3) plus 0, 1 or 3.
    shown = "(6*floor(N/3)+if(eq(mod(N\\,3)\\,1)\\,1\\,if(eq(mod(N\\,3)\\,2)\\,3\\,0)))/25/TB"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-y",
        "-i",
        str(even),
        "-vf",
        f"settb=1/1000,setpts={shown}",
    ]
    command += ["-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v", "libx264", "-crf", "12", str(path)]
    subprocess.run(command, check=True)
    return path


def test_turned_original_is_shown_the_same_way(
    tmp_path: Path, prores: Source, returned: Path, sent: FrameRange
) -> None:
    """The take keeps the original's raster and its turn; what came back upright is turned to fit."""
    turned = tmp_path / "turned.mov"
    upright = tmp_path / "upright.mp4"
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    subprocess.run([*ffmpeg, "-display_rotation", "90", "-i", str(prores.path), "-c", "copy", str(turned)], check=True)
    subprocess.run([*ffmpeg, "-i", str(returned), "-vf", "transpose=cclock", "-crf", "12", str(upright)], check=True)
    source = probe(turned)
    shot = conforms.shot_of(source, FrameRange(20, 25))
    splice = conforms.splice_of(FrameRange(26, 14), sent, upright)
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT)
    take = probe(conformed.path)
    assert source.rotation == 90
    assert (take.rotation, take.width, take.height) == (source.rotation, source.width, source.height)
    assert burned.numbers(conformed.path) == conforms.expected_numbers(shot.media.with_handles, FrameRange(26, 14))


class Counted:
    """A sound track of numbers that count up: bytes in place of bytes."""

    rate, channels, layout = 44100, 3, "2.1"

    def __init__(self, samples: int) -> None:
        self.samples = samples

    def blocks(self):  # type: ignore[no-untyped-def]
        numbers = np.arange(self.samples * 3, dtype=np.int32).reshape(-1, 3)
        for start in range(0, self.samples, 1000):
            yield numbers[start : start + 1000] << 8


def test_sound_is_written_to_the_last_bit(tmp_path: Path, prores: Source, returned: Path, sent: FrameRange) -> None:
    """24-bit numbers come out as they went in, for any rate and number of channels."""
    shot = conforms.shot_of(prores, FrameRange(20, 25))
    covered = shot.media.with_handles
    samples = sample_at(covered.end, prores.rate, 44100) - sample_at(covered.start, prores.rate, 44100)
    splice = conforms.splice_of(FrameRange(26, 14), sent, returned)
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT, sound=[Counted(samples)])
    stream: AudioStream = probe(conformed.path).audio[0]
    assert (stream.rate, stream.channels, stream.codec, stream.samples) == (44100, 3, "pcm_s24le", samples)
    written = np.rint(burned.sound(conformed.path) * 2**23).astype(np.int64)
    assert np.array_equal(written, np.arange(samples * 3).reshape(-1, 3))


def test_retimed_shot_starts_at_record_timecode(tmp_path: Path, prores: Source) -> None:
    """On the record's clock frames go through the map, reversed here, and the packets are still the original's."""
    base = conforms.shot_of(prores, FrameRange(0, 40), head=0, tail=0)
    mapped = tuple(range(50, 10, -1))
    shot = Shot.model_validate(
        {**base.model_dump(), "clock": "record", "media": {**base.media.model_dump(), "map": mapped}}
    )
    sent, cue = FrameRange(10, 20), FrameRange(14, 12)
    splice: Splice = conforms.splice_of(cue, sent, conforms.return_for(tmp_path, sent, prores.rate))
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=CUT)
    shown = [frame + 1000 if frame in cue else mapped[frame] for frame in range(40)]
    assert burned.numbers(conformed.path) == shown
    assert format_timecode(conformed.start_frame or 0, prores.rate) == "01:00:00:00"
    assert [check for check in check_take(conformed, shot, [splice]) if not check.passed] == []
