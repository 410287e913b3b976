"""Sound of retimed clips: heard at its clip's speed with its pitch kept, or refused by name; found again by content."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

from marked import Library, clip, cut, find, gap, mark, movie, said, span, track
from marked import wave as wav
from reperform.media.sped import heard, of_file
from reperform.model import Shot
from reperform.timeline.retimes.sound import percent

RATE = 48000


def retimed(name: str, start: float, frames: float, speed: float, **facts: Any) -> otio.schema.Clip:
    made = clip(name, start, frames, **facts)
    made.effects.append(otio.schema.FreezeFrame() if not speed else otio.schema.LinearTimeWarp(time_scalar=speed))
    return made


def only_shot(*tracks: Any, media: Library | None = None) -> Shot:
    found = find(cut(*tracks), media=media)
    assert said(found) == []
    [shot] = found.shots
    return shot


def notes(*tracks: Any) -> list[str]:
    return [problem.message for problem in find(cut(*tracks)).problems if problem.severity == "note"]


MARKED = [mark("RP: angry", 10, 20)]


def test_the_own_sound_of_a_fast_shot_is_heard_as_fast() -> None:
    """From frame 50 at 2×: heard, that is the sample of one second."""
    shot = only_shot(track(gap(25), retimed("MARA", 50, 40, 2.0, marks=[mark("RP: angry", 60, 10)])))
    [own] = shot.own_sound
    assert (own.speed, own.at_sample) == (Fraction(2), RATE)
    [voice] = shot.cues[0].voices
    assert (voice.kind, voice.speed, voice.start_sample, voice.end_sample) == (
        "own",
        Fraction(2),
        RATE + 19200,
        RATE + 38400,
    )
    assert (voice.start_seconds, voice.end_seconds) == (2.8, 3.6)


def test_linked_sound_with_the_same_retime_is_heard_with_it() -> None:
    picture = retimed("MARA", 50, 40, 0.5, marks=[mark("RP: angry", 60, 10)], link=1)
    below = retimed("MARA", 50, 40, 0.5, link=1)
    shot = only_shot(track(gap(25), picture), track(gap(25), below, audio=True))
    assert [(own.speed, own.at_sample) for own in shot.own_sound] == [(Fraction(1, 2), 4 * RATE)]
    assert shot.linked_audio == ((1, 1),)


def test_linked_sound_that_is_not_retimed_is_heard_as_it_is() -> None:
    picture = retimed("MARA", 50, 40, 2.0, marks=[mark("RP: angry", 60, 10)])
    shot = only_shot(track(gap(25), picture), track(gap(25), clip("LAV", 0, 40), audio=True))
    assert [(own.path.name, own.speed, own.at_sample) for own in shot.own_sound] == [("LAV.mov", Fraction(1), 0)]


def test_the_pitch_is_said_to_be_kept() -> None:
    [note] = notes(track(retimed("MARA", 0, 40, 2.0, marks=[mark("RP: angry", 4, 10)])))
    assert note.startswith("its own sound, MARA.mov, plays at 200 % speed: it is used so, with its pitch kept")


@pytest.mark.parametrize("speed", [-1.0, 0.0, 2.5, 0.4])
def test_a_shot_whose_own_sound_cannot_be_made_needs_a_voice(speed: float) -> None:
    [message] = said(find(cut(track(retimed("MARA", 100, 40, speed, marks=[mark("RP: angry", 104, 10)])))))
    assert message.startswith("the sound of MARA.mov is retimed: it ")


def test_a_guide_that_is_not_retimed_is_used_as_usual() -> None:
    shot = only_shot(
        track(gap(25), retimed("MARA", 100, 40, -1.0, marks=[mark("RP: angry", 110, 20)])),
        track(clip("one", 0, 100), audio=True, name="ADR"),
    )
    [voice] = shot.cues[0].voices
    assert (voice.speed, voice.start_sample, voice.end_sample) == (Fraction(1), 35 * 1920, 55 * 1920)
    assert shot.own_sound == ()


def test_a_retimed_guide_is_heard_at_its_speed() -> None:
    """From one second of the file at 1.25×: heard, that is 0.8 s; ten frames later 1.2 s."""
    tracks = (track(clip("MARA", 0, 100, marks=MARKED)), track(retimed("one", 25, 100, 1.25), audio=True, name="ADR"))
    [voice] = only_shot(*tracks).cues[0].voices
    assert (voice.speed, voice.start_sample, voice.end_sample) == (Fraction(5, 4), 38400 + 19200, 38400 + 57600)
    [note] = notes(*tracks)
    assert note.startswith("the guide clip one (A1) plays at 125 % speed")


def test_what_is_laid_does_not_change_where_a_retimed_shot_moves() -> None:
    """At 29.97, where no two frames have equally many samples."""
    rate = Fraction(30000, 1001)

    def laid(before: int) -> list[tuple[Any, ...]]:
        made = retimed("MARA", 50, 40, 0.5, marks=[mark("RP: angry", 63, 11, rate=float(rate))], rate=float(rate))
        tracks = [track(gap(before), made)]
        for item in tracks[0]:
            item.source_range = otio.opentime.TimeRange(
                otio.opentime.RationalTime(item.source_range.start_time.value, float(rate)),
                otio.opentime.RationalTime(item.source_range.duration.value, float(rate)),
            )
        found = find(cut(*tracks, rate=rate), media=Library({"MARA": movie("MARA", rate=rate)}))
        [shot] = found.shots
        return [
            (cue.in_frame - shot.media.in_frame, voice.start_sample, voice.end_sample, voice.offset_samples)
            for cue in shot.cues
            for voice in cue.voices
        ]

    assert laid(10) == laid(11) == laid(13)


_GUIDE, _OWN = "under a guide", "with its own sound"


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(60000, 1001)], ids=["29.97", "59.94"])
@pytest.mark.parametrize(
    ("speed", "voice"),
    [(0.5, _GUIDE), (0.5, _OWN), (2.0, _GUIDE), (2.0, _OWN), (1.25, _GUIDE), (1.25, _OWN), (-1.0, _GUIDE)],
)
def test_a_trimmed_head_moves_no_sample(rate: Fraction, speed: float, voice: str) -> None:
    """The frames of the cue are the same, and so are its samples: not one more or less, or it would be paid for again."""
    spelled = float(rate)

    def heard_under(trimmed: int) -> list[tuple[int, int, int]]:
        # 101 frames of the cut, of which `trimmed` go; backward they go off the end of the media.
        start = 200 + (trimmed * speed if speed > 0 else 0)
        marked = mark("RP: angry", start + 40 - trimmed, 11, rate=spelled)
        made = retimed("MARA", start, 101 - trimmed, speed, marks=[marked], rate=spelled)
        before = gap(0)
        before.source_range = span(0, 7 + trimmed, spelled)
        tracks = [track(before, made)]
        if voice == _GUIDE:
            tracks.append(track(clip("one", 0, 120, rate=spelled), audio=True, name="ADR"))
        media = Library({name: movie(name, rate=rate, frames=900) for name in ("MARA", "one")})
        [shot] = find(cut(*tracks, rate=rate), media=media).shots
        return [(each.start_sample, each.end_sample, each.offset_samples) for each in shot.cues[0].voices]

    trims = range(0, 40, 4)
    assert [heard_under(0)] * len(trims) == [heard_under(trimmed) for trimmed in trims]


# -- the sound itself


@pytest.fixture(scope="module")
def clicks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Four seconds: bursts of 1 kHz at each whole second."""
    path = tmp_path_factory.mktemp("clicks") / "clicks.wav"
    sound = np.zeros(4 * RATE)
    burst = np.sin(2 * np.pi * 1000 * np.arange(4800) / RATE)
    for second in range(1, 4):
        sound[second * RATE : second * RATE + 4800] = burst
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 16000).astype("<i2").tobytes())
    yield path


def onsets(sound: NDArray[np.float32]) -> list[int]:
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.1)
    return [int(each) for each in loud[np.concatenate([[True], np.diff(loud) > RATE // 4])]] if len(loud) else []


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(4, 5), Fraction(5, 4), Fraction(2)])
def test_sound_at_another_speed_is_in_its_place_and_keeps_its_pitch(clicks: Path, speed: Fraction) -> None:
    length = int(4 * RATE / speed)
    with heard(clicks, stream=0, speed=speed, start=0, samples=length) as (_, sound):
        whole = sound.read(0, length)
    found = onsets(whole)
    assert len(found) == 3
    for at, second in zip(found, (1, 2, 3), strict=True):
        assert abs(at / RATE - float(second / speed)) < 0.02
    burst = whole[found[1] + 400 : found[1] + 2400, 0]
    spectrum = np.abs(np.fft.rfft(burst * np.hanning(len(burst))))
    assert abs(int(spectrum.argmax()) * RATE / len(burst) - 1000) < 40


def test_a_piece_of_it_is_a_piece_of_the_whole(clicks: Path) -> None:
    with heard(clicks, stream=0, speed=Fraction(5, 4), start=1000, samples=100000) as (_, sound):
        whole = sound.read(1000, 100000)
        assert np.array_equal(sound.read(31000, 5000), whole[30000:35000])


def test_at_100_percent_it_is_the_file(clicks: Path) -> None:
    with heard(clicks, stream=0, speed=Fraction(1), start=0, samples=10) as (file, sound):
        assert sound is file


@pytest.mark.parametrize(
    ("speed", "expected"), [(Fraction(2), (200, 300)), (Fraction(1, 2), (50, 75)), (Fraction(1, 3), (33, 50))], ids=str
)
def test_which_samples_of_the_file_are_heard(speed: Fraction, expected: tuple[int, int]) -> None:
    assert of_file(100, 150, speed) == expected


def test_a_guide_file_without_picture_can_be_retimed() -> None:
    library = Library({"one": wav("one", 8)})
    shot = only_shot(
        track(clip("MARA", 0, 100, marks=MARKED)),
        track(retimed("one", 0, 100, 0.5), audio=True, name="ADR"),
        media=library,
    )
    [voice] = shot.cues[0].voices
    assert (voice.speed, voice.start_sample, voice.end_sample) == (Fraction(1, 2), 19200, 57600)


def test_a_speed_that_no_float_holds_is_told() -> None:
    """Retimes in one another multiply: 10 to the power of 400 ended with an OverflowError."""
    assert ["more than 1e+06 %", "150 %"] == [percent(Fraction(10) ** 400), percent(Fraction(3, 2))]
