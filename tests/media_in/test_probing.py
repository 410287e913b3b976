"""A probe gives a file's exact clock, its facts in FFmpeg's names, and nothing that PyAV made up."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import burned
from reperform.errors import MediaError, MediaRefused
from reperform.media.probing import probe
from reperform.model import AudioStream
from shared import SHARED, needs

Movie = Callable[..., Path]
NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("rate", "timecode", "start_frame", "drop_frame"),
    [
        (Fraction(24000, 1001), "00:00:00:00", 0, False),
        (Fraction(24), "01:00:00:00", 86400, False),
        (NTSC, "01:00:00;00", 107892, True),
        (NTSC, "01:00:00:00", 108000, False),
        (Fraction(60000, 1001), "10:11:12;14", 2198134, True),
        (Fraction(50), "14:22:10:05", 2586505, False),
    ],
    ids=lambda value: str(value),
)
def test_the_timecode_of_the_first_frame_is_counted_as_it_is_written(
    movie: Movie, rate: Fraction, timecode: str, start_frame: int, drop_frame: bool
) -> None:
    source = probe(movie("a.mov", rate=rate, frames=4, codec="prores", timecode=timecode))
    assert (source.rate, source.start_frame, source.drop_frame) == (rate, start_frame, drop_frame)


@pytest.mark.parametrize("name", ["a.mov", "a.mxf", "a.mp4"])
def test_timecode_and_colour_are_found_wherever_the_format_keeps_them(movie: Movie, name: str) -> None:
    codec = "h264" if name == "a.mp4" else "dnxhr"
    source = probe(movie(name, codec=codec, frames=6, timecode="02:00:00:00"))
    assert (source.start_frame, source.frames, source.codec) == (180000, 6, {"dnxhr": "dnxhd"}.get(codec, codec))
    assert source.color == {"primaries": "bt709", "transfer": "bt709", "space": "bt709", "range": "tv"}


def test_a_movie_without_timecode_has_none(movie: Movie) -> None:
    source = probe(movie("a.mp4", frames=4))
    assert (source.start_frame, source.drop_frame, source.reel) == (None, False, None)


def test_the_reel_is_the_tape_of_the_timecode_track(movie: Movie) -> None:
    assert probe(movie("a.mov", codec="prores", frames=4, timecode="01:00:00:00", reel="A001C003")).reel == "A001C003"


def test_facts_of_a_prores_movie(movie: Movie) -> None:
    path = movie("a.mov", codec="prores", frames=10, rate=NTSC, channels=2, extra=("-aspect", "64:27"))
    source = probe(path)
    facts = source.model_dump(include={"kind", "width", "height", "codec", "profile", "pixel_format", "field_order"})
    assert facts == {
        "kind": "movie", "width": 320, "height": 180, "codec": "prores", "profile": "HQ",
        "pixel_format": "yuv422p10le", "field_order": "progressive",
    }  # fmt: skip
    assert source.pixel_aspect == Fraction(4, 3)
    samples = round(Fraction(10) / NTSC * 48000)
    assert source.audio == (
        AudioStream(index=1, rate=48000, channels=2, layout="stereo", codec="pcm_s16le", samples=samples),
    )


@pytest.mark.parametrize(("first", "fields"), [("tff", "tb"), ("bff", "bt")])
def test_the_order_of_fields_is_said(movie: Movie, first: str, fields: str) -> None:
    path = movie("a.mov", codec="prores", frames=3, extra=("-vf", f"setfield={first}", "-flags", "+ildct"))
    assert probe(path).field_order == fields


def test_sound_that_starts_late_says_so_in_its_own_samples(movie: Movie, rewrite: Callable[..., Path]) -> None:
    path = movie("a.mov", codec="mjpeg", frames=25, channels=1)
    both = ("-i", str(path), "-map", "0:v", "-map", "1:a", "-c", "copy")
    late = rewrite(path, "late.mov", after=(*both,), before=())
    shifted = rewrite(path, "shifted.mov", after=("-itsoffset", "0.25", *both))
    assert [probe(p).audio[0].start_sample for p in (late, shifted)] == [0, 12000]


def test_sound_beside_a_picture_that_starts_late_starts_before_it(movie: Movie, rewrite: Callable[..., Path]) -> None:
    path = movie("a.mov", codec="mjpeg", frames=25, channels=1)
    after = ("-i", str(path), "-map", "0:v", "-map", "1:a", "-c", "copy")
    shifted = rewrite(path, "late_picture.mov", before=("-itsoffset", "0.5"), after=after)
    source = probe(shifted)
    assert (source.variable, source.audio[0].start_sample) == (False, -24000)


def test_a_rate_written_roughly_is_the_one_that_is_meant(movie: Movie) -> None:
    assert probe(movie("a.mov", codec="mjpeg", rate=Fraction(2997, 100), frames=30)).rate == NTSC


def test_the_clock_of_an_even_file_is_its_own_whatever_the_timeline_says(movie: Movie) -> None:
    assert probe(movie("a.mp4"), rate=Fraction(24)).rate == 25


def test_the_kept_time_of_a_broadcast_wave_is_its_start(tmp_path: Path) -> None:
    plain = burned.make_wave(tmp_path / "plain.wav", samples=1000).read_bytes()
    bext = bytes(256 + 32 + 32 + 10 + 8) + struct.pack("<Q", 48000 * 3600) + bytes(256)
    chunk = b"bext" + struct.pack("<I", len(bext)) + bext
    broadcast = tmp_path / "broadcast.wav"
    broadcast.write_bytes(b"RIFF" + struct.pack("<I", len(plain) - 8 + len(chunk)) + b"WAVE" + chunk + plain[12:])
    source = probe(broadcast)
    assert (source.kind, source.rate, source.frames, source.start_frame) == ("sound", Fraction(48000), 1000, 172800000)


@pytest.mark.parametrize(("name", "coder"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.flac", "flac")])
def test_sound_is_as_long_as_its_samples(tmp_path: Path, rewrite: Callable[..., Path], name: str, coder: str) -> None:
    wave = burned.make_wave(tmp_path / "a.wav", samples=48000)
    source = probe(rewrite(wave, name, after=("-c:a", coder)))
    assert (source.kind, source.rate, source.audio[0].layout) == ("sound", Fraction(48000), "mono")
    assert 48000 <= source.frames <= 48000 + (2304 if coder != "flac" else 0)


@pytest.mark.parametrize("name", ["shot%04d.png", "50%.jpg", "what?*.tif"])
def test_a_single_picture_is_a_still_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(path)
    source = probe(path)
    assert (source.kind, source.frames, source.width, source.height) == ("still", 1, 30, 20)


HOSTILE = {
    "a concat script": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "a concat script without a header": b"# mine\nfile a.mov\nduration 2\n",
    "an HLS playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n",
    "a DASH manifest": b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
    "a session description": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
    "a list of addresses": b"http://127.0.0.1:9/a.mov\n",
    "an IMF playlist": b'<?xml version="1.0"?><CompositionPlaylist></CompositionPlaylist>',
    "text": b"Dear editor, this is no movie.\n" * 40,
    "RED raw": b"\0\0\1\0RED2" + bytes(400),
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_not_media_is_refused_by_its_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "shot.mov"
    path.write_bytes(HOSTILE[kind])
    with pytest.raises(MediaRefused) as caught:
        probe(path)
    assert caught.value.message.startswith("shot.mov ")
    assert caught.value.fix


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/a.mov", "concat:a.mov|b.mov", "data:video/mp4;base64,AAAA", "rtsp://127.0.0.1/x", "."]
)
def test_an_address_is_not_a_file(name: str) -> None:
    with pytest.raises(MediaRefused):
        probe(Path(name))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaRefused, match=r"gone\.mov is not there"):
        probe(tmp_path / "gone.mov")


def test_a_movie_whose_end_is_missing_before_its_index_is_an_error_and_no_traceback(
    movie: Movie, tmp_path: Path
) -> None:
    whole = movie("a.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises((MediaError, MediaRefused), match=r"cut\.mp4"):
        probe(cut)


@needs("footage/presenter_6s_vfr_h264.mp4")
def test_a_real_variable_rate_file_runs_on_its_nominal_clock() -> None:
    source = probe(SHARED / "footage" / "presenter_6s_vfr_h264.mp4")
    found = (source.variable, source.rate, source.frames, source.audio[0].start_sample, source.audio[0].rate)
    assert found == (True, Fraction(30), 184, 0, 44100)


@needs("footage/actor_20s_25fps_hevc.mp4")
def test_a_real_constant_rate_file() -> None:
    source = probe(SHARED / "footage" / "actor_20s_25fps_hevc.mp4")
    assert (source.variable, source.rate, source.frames, source.codec) == (False, Fraction(25), 502, "hevc")
