"""What the browser is given: exactly the frames that are seen, each a key frame, and sound of just their length."""

from __future__ import annotations

import wave
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

import burned
from reperform.errors import MediaError
from reperform.model import ShotMedia, Source
from reperform.review import waves
from reperform.review.footage import stepped
from reperform.review.proxies import raster
from reperform.review.working import Work
from review.review_kit import Visitor

A, B = "V1@01:00:00:00", "V1@01:00:01:15"


@pytest.mark.parametrize(
    ("shot", "version", "first", "frames"),
    [
        pytest.param(A, 0, 10, 40, id="an original in H.264"),
        pytest.param(A, 1, 10, 40, id="its take"),
        pytest.param(B, 0, 116, 26, id="an original in Motion JPEG"),
        pytest.param(B, 1, 116, 26, id="a take with handles"),
    ],
)
def test_a_proxy_shows_the_visible_frames_and_no_other(
    visitor: Visitor, tmp_path: Path, shot: str, version: int, first: int, frames: int
) -> None:
    """The numbers burned into the pictures run from the shot's first frame to its last."""
    path = tmp_path / "proxy.mp4"
    path.write_bytes(visitor.fetched(visitor.shot(shot)["versions"][version]["video"]).content)
    assert list(range(first, first + frames)) == burned.numbers(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert ("h264", "yuv420p", Fraction(25)) == (stream.codec.name, stream.format.name, stream.average_rate)
    assert all(packet.is_keyframe for packet in packets)
    assert list(range(frames)) == [round(float((packet.pts or 0) * packet.time_base * 25)) for packet in packets]


def test_a_clip_of_the_strip_shows_what_is_seen_of_it(visitor: Visitor, tmp_path: Path) -> None:
    """The context around a shot is the picture of the cut."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(visitor.fetched(visitor.cut()["clips"][1]["video"]).content)
    assert list(range(116, 142)) == burned.numbers(path)


def test_a_proxy_can_be_read_in_parts(visitor: Visitor) -> None:
    """As players ask for them; and it is not made twice."""
    address = visitor.shot(A)["versions"][0]["video"]
    whole = visitor.fetched(address).content
    part = visitor.client.get(address, headers={"Range": "bytes=100-199"})
    assert (206, whole[100:200]) == (part.status_code, part.content)
    assert visitor.shot(A)["versions"][0]["ready"]
    assert whole.index(b"moov") < whole.index(b"mdat"), "it can be begun before all of it is there"


def test_a_still_is_the_frame_that_is_asked_for(visitor: Visitor) -> None:
    """Frame 7 of a shot that begins with number 10 has the number 17; where none is named, it is the middle of the cue."""
    still = visitor.shot(A)["versions"][0]["still"]
    assert [17, 30] == [_number(visitor.fetched(address).content) for address in (f"{still}?frame=7", still)]


def test_sound_is_as_long_as_the_shot_and_its_peaks_are_four_a_frame(visitor: Visitor) -> None:
    """40 frames at 25 a second are 76800 samples at 48 kHz, and 160 peaks."""
    shot, told = visitor.shot(A), {"peaks": [0.0]}
    for each in (*shot["versions"], shot["voice"]):
        with wave.open(BytesIO(visitor.fetched(each["sound"]).content)) as sound:
            assert (48000, 76800, 2) == (sound.getframerate(), sound.getnframes(), sound.getsampwidth())
        told = visitor.fetched(each["wave"]).json()
        assert (4, 160) == (told["peaks_per_frame"], len(told["peaks"]))
        assert all(0 <= peak <= 1 for peak in told["peaks"])
    assert max(told["peaks"]) > 0.01


def test_the_originals_sound_is_that_of_its_frames(visitor: Visitor, performed_once: Path) -> None:
    """Its first sample is the one at the shot's first frame."""
    shot = visitor.shot(B)
    with wave.open(BytesIO(visitor.fetched(shot["versions"][0]["sound"]).content)) as sound:
        heard = np.frombuffer(sound.readframes(48000), "<i2").reshape(-1, sound.getnchannels())[:, 0]
    file = burned.sound(performed_once / "B001.mov")[:, 0][16 * 1920 : 16 * 1920 + len(heard)]
    assert np.abs(heard / 32768 - file).max() < 0.001


@pytest.mark.parametrize(
    ("rate", "frames", "shown"),
    [
        pytest.param(Fraction(24), 5, [0, 1, 2, 3, 4], id="the cut's rate"),
        pytest.param(Fraction(48), 10, [1, 3, 5, 7, 9], id="twice the cut's: every other"),
        pytest.param(Fraction(12), 3, [0, 0, 1, 1, 2], id="half the cut's: each twice"),
        pytest.param(Fraction(24), 4, [0, 1, 2, 3, 3], id="a frame short: the last stays"),
    ],
)
def test_a_frame_of_the_cut_shows_what_is_on_screen_in_its_middle(
    rate: Fraction, frames: int, shown: list[int]
) -> None:
    """Media of another rate is shown as it runs, with one picture for each frame of the cut."""
    media = ShotMedia(path=Path("x"), rate=rate, start=None, in_frame=100, frames=frames, head=0, tail=0)
    assert shown == stepped(5, media, cut=Fraction(24))


@pytest.mark.parametrize(
    ("size", "proxy"),
    [((640, 360), (640, 360)), ((1920, 1080), (1280, 720)), ((4096, 1716), (1280, 536)), ((1081, 1921), (720, 1280))],
    ids=lambda size: "x".join(map(str, size)),
)
def test_a_proxy_is_even_and_no_longer_than_it_need_be(size: tuple[int, int], proxy: tuple[int, int]) -> None:
    """Its longest side is 1280 at most; nothing is enlarged."""
    assert proxy == raster(
        Source(path=Path("x.mov"), kind="movie", rate=Fraction(25), frames=1, width=size[0], height=size[1])
    )


def test_peaks_are_the_loudest_samples() -> None:
    """A click stands in its own quarter of a frame."""
    samples = np.zeros((3840, 2), np.float32)
    samples[2000, 1] = -0.5
    found = waves.peaks(samples, frames=2, cut=Fraction(25))
    assert [0.0] * 4 + [0.5] + [0.0] * 3 == found


def test_work_is_done_once_and_a_failure_is_said_each_time() -> None:
    """What failed is not tried again with every request."""
    made: list[str] = []

    def fails() -> None:
        made.append("tried")
        raise MediaError("it is damaged")

    work = Work()
    try:
        for _ in range(2):
            with pytest.raises(MediaError, match="damaged"):
                work.ask("one", fails, patience=20)
        assert work.ask("two", lambda: made.append("made"), patience=20)
        assert ["tried", "made"] == made
    finally:
        work.stop()


def _number(jpeg: bytes) -> Any:
    """The number burned into a small picture."""
    with Image.open(BytesIO(jpeg)) as image:
        return burned.number_in(np.asarray(image.convert("RGB").resize((160, 90))))
