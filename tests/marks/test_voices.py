"""Which sound drives a cue, and where its samples are."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest

from marked import Library, clip, cut, find, gap, mark, movie, said, track, wave
from marks.heard_kit import ADR, MEDIA, guided, samples, spoken, voices
from reperform.errors import SettingsError


def test_the_order_is_audio_then_guide_then_line_then_own_sound() -> None:
    text = "RP: angry\naudio: adr.wav\nline: No.\nvoice: Rachel"
    media = Library({"adr.wav": ADR})

    def kinds(*lines: int, guide: bool) -> list[str]:
        kept = "\n".join(text.split("\n")[line] for line in (0, *lines))
        tracks = [track(clip("MARA", marks=[mark(kept, 0, 20)]))]
        tracks += [track(clip("guide take"), audio=True, name="Guide")] if guide else []
        return [voice.kind for voice in voices(find(cut(*tracks), media=media))]

    assert kinds(1, 2, 3, guide=True) == ["file"]
    assert kinds(2, 3, guide=True) == ["track"]
    assert kinds(2, 3, guide=False) == ["speech"]
    assert kinds(guide=False) == ["own"]


def test_a_file_starts_at_the_cue_s_first_frame_and_is_cut_off_unless_told_otherwise() -> None:
    found = spoken("audio: adr.wav @ 0.5-1.5", media={"adr.wav": ADR})
    [voice] = voices(found)
    assert (voice.kind, voice.sync, voice.label) == ("file", "cut_off", "adr.wav")
    assert (voice.start_seconds, voice.end_seconds) == (0.5, 1.5)
    assert samples(found) == [("adr", 24000, 72000, 0)]


RANGES = {
    "all of it": ("", 0, 192000),
    "from a second on": (" @ 1", 48000, 192000),
    "up to a second": (" @ -1", 0, 48000),
    "seconds": (" @ 0.5-1.5", 24000, 72000),
    "the file's own timecode": (" @ 10:00:01:00-10:00:02:12", 48000, 48000 + 71040),
}


@pytest.mark.parametrize("case", RANGES)
def test_the_range_of_a_file_is_in_seconds_or_its_own_timecode(case: str) -> None:
    text, first, last = RANGES[case]
    stamped = wave("adr", 4, timecode=10 * 3600 * 48000)
    assert samples(spoken(f"audio: adr.wav{text}", media={"adr.wav": stamped})) == [("adr", first, last, 0)]


def test_timecode_of_a_sound_file_counts_at_the_cut_s_rate() -> None:
    rate = Fraction(24000, 1001)
    at_one_hour = round(3600 * 24 / rate * 48000)
    media = {"adr.wav": wave("adr", 4, timecode=at_one_hour), "MARA": movie("MARA", rate=rate)}
    marks = [mark("RP: audio: adr.wav @ 01:00:01:00-01:00:02:00", 0, 30, rate=float(rate))]
    found = find(cut(track(clip("MARA", 0, 50, rate=float(rate), marks=marks)), rate=rate), media=Library(media))
    assert samples(found) == [("adr", 48048, 96096, 0)]


WRONG = {
    "a file that is missing": ("audio: gone.wav", "the file gone.wav is not there"),
    "a file shorter than its range": (
        "audio: adr.wav @ 2-5",
        "adr.wav is shorter than its range: 2 to 5 is asked for, which is 2.000 s to 5.000 s, and it is 4.000 s long",
    ),
    "a range that ends before it begins": ("audio: adr.wav @ 3-2", "the range 3 to 2 of adr.wav is empty"),
    "a timecode before the file's": (
        "audio: stamped.wav @ 09:59:59:00-10:00:01:00",
        "stamped.wav is shorter than its range: 09:59:59:00 to 10:00:01:00 is asked for, "
        "which is -1.000 s to 1.000 s, and it is 4.000 s long",
    ),
    "a timecode that does not exist": (
        "audio: adr.wav @ 01:00:00:25",
        "in the range of adr.wav: “01:00:00:25” does not exist at 25 frames a second",
    ),
    "a file without sound": ("audio: mute.mov", "mute.mov has no sound"),
    "a longer voice with silence": (
        "audio: adr.wav, sync: silence",
        "adr.wav is 4.000 s long, the cue 2.000 s: with sync: silence a voice may not be longer than its cue",
    ),
    "a stretch beyond twice": (
        "audio: long.wav, sync: remap",
        "long.wav is 5.000 s long, the cue 2.000 s: remap goes from 0.5 to 2, and this is 2.50",
    ),
    "a stretch below half": (
        "audio: adr.wav @ 0-0.5, sync: remap",
        "adr.wav is 0.500 s long, the cue 2.000 s: remap goes from 0.5 to 2, and this is 0.25",
    ),
    "a line without its voice": ("line: No.", "a line needs a voice that speaks it"),
    "a track that is not there": ("audio: A3", "audio: there is no audio track “A3”"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_voice_that_cannot_be_is_an_error_on_its_shot_with_a_way_out(case: str) -> None:
    text, message = WRONG[case]
    found = spoken(text, media=MEDIA)
    assert (said(found), found.shots) == ([message], ())
    assert found.problems[0].fix or case == "a track that is not there"


SAID = {
    "cut_off": ["adr.wav is 4.000 s long, the cue 2.000 s: its last 2.000 s are cut off"],
    "loop": ["adr.wav is 4.000 s long, the cue 2.000 s: its last 2.000 s are cut off"],
    "remap": [],
}


@pytest.mark.parametrize("sync", SAID)
def test_what_is_cut_off_a_longer_voice_is_said(sync: str) -> None:
    found = spoken(f"audio: adr.wav, sync: {sync}", media=MEDIA)
    assert (said(found, "note"), voices(found)[0].sync) == (SAID[sync], sync)


def test_a_shorter_voice_needs_no_word() -> None:
    for sync in ("cut_off", "silence", "loop", "bounce", "remap"):
        assert spoken(f"audio: adr.wav @ 0-1.5, sync: {sync}", media=MEDIA).problems == ()


def test_a_file_goes_on_across_a_cut() -> None:
    made = cut(track(clip("MARA", 100), clip("BEN", 300)), marks=[mark("RP: audio: adr.wav @ 1-3", 25, 50)])
    found = find(made, media=Library(MEDIA))
    assert samples(found) == [("adr", 48000, 96000, 0), ("adr", 96000, 144000, 0)]
    assert said(found, "note") == []


def test_a_line_is_spoken_by_its_voice() -> None:
    [voice] = voices(spoken("voice: Rachel\nline: No, I never said that."))
    assert (voice.kind, voice.line, voice.speech_voice, voice.path) == (
        "speech",
        "No, I never said that.",
        "Rachel",
        None,
    )


GUIDE_NAMES = {
    "ADR": True,
    "MARA adr 2": True,
    "Guide": True,
    "guide_track": True,
    "ADR1": True,
    "New performance": True,
}
OTHER_NAMES = {"quadrant": False, "misguided": False, "Performances": False, "Audio 1": False, "": False}


@pytest.mark.parametrize("name", [*GUIDE_NAMES, *OTHER_NAMES])
def test_a_guide_track_is_one_whose_name_holds_the_word(name: str) -> None:
    found = guided(track(clip("adr", 0, 100), audio=True, name=name), text="RP: angry")
    expected = "track" if {**GUIDE_NAMES, **OTHER_NAMES}[name] else "own"
    assert [voice.kind for voice in voices(found)] == [expected]


def test_each_guide_clip_is_a_voice_of_its_own_at_its_record_position() -> None:
    guide = track(gap(10), clip("one", 200, 15), gap(5), clip("two", 0, 40), audio=True, name="ADR")
    found = guided(guide)
    # One begins 10 frames into the cue; two 30 frames in, and the cue ends 20 frames later.
    assert samples(found) == [("one", 384000, 412800, 19200), ("two", 0, 38400, 57600)]
    assert [(voice.kind, voice.sync, voice.label) for voice in voices(found)] == [
        ("track", None, "one (A1)"),
        ("track", None, "two (A1)"),
    ]


def test_a_guide_clip_that_begins_before_the_cue_is_heard_from_the_cue_on() -> None:
    assert samples(guided(track(clip("one", 200, 90), audio=True, name="ADR"), at=20)) == [
        ("one", 384000 + 38400, 384000 + 38400 + 96000, 0)
    ]


def test_the_guide_keeps_its_sample_whatever_of_the_shot_is_marked_or_trimmed() -> None:
    media = {"MARA": movie("MARA", rate=Fraction(30000, 1001)), "one": wave("one", 9, rate=44100)}

    def ahead(start: int, at: int) -> int:
        picture = track(gap(start), clip("MARA", 100 + start, 90 - start, marks=[mark("RP", 100 + at, 20)]))
        found = find(cut(picture, track(clip("one", 7, 200), audio=True, name="ADR")), media=Library(media))
        [shot] = found.shots
        [voice] = shot.cues[0].voices
        clock = (shot.cues[0].in_frame * Fraction(1001, 30000) * 44100 + Fraction(1, 2)).__floor__()
        return voice.start_sample - clock - voice.offset_samples

    assert len({ahead(start, at) for start in (0, 3, 11) for at in (12, 13, 31, 47)}) == 1


def test_the_guide_track_counts_although_it_is_muted_and_then_does_not_sound_in_the_cut() -> None:
    loud = guided(track(clip("one", 0, 100), audio=True, name="ADR"))
    muted = guided(track(clip("one", 0, 100), audio=True, name="ADR", enabled=False))
    assert samples(loud) == samples(muted) == [("one", 0, 96000, 0)]
    assert (loud.shots[0].voice_in_cut, muted.shots[0].voice_in_cut) == (True, False)


def test_a_disabled_clip_on_the_guide_track_does_not_count() -> None:
    off, on = clip("one", 0, 100, enabled=False), clip("two", 0, 100)
    found = guided(track(off, audio=True, name="ADR 1"), track(on, audio=True, name="ADR 2"))
    assert samples(found) == [("two", 0, 96000, 0)]


@pytest.mark.parametrize("frames", [50, 1])
def test_two_guide_clips_at_one_moment_are_an_error_that_names_both(frames: int) -> None:
    one, two = track(clip("one"), audio=True, name="ADR 1"), track(clip("two"), audio=True, name="ADR 2")
    found = guided(one, two, frames=frames)
    assert (said(found), found.shots) == (["two guide clips sound at one moment: one (A1) and two (A2)"], ())


def test_guide_clips_one_after_the_other_on_two_tracks_are_not_at_one_moment() -> None:
    one = track(clip("one", 0, 25), audio=True, name="ADR 1")
    two = track(gap(25), clip("two", 0, 25), audio=True, name="ADR 2")
    assert samples(guided(one, two)) == [("one", 0, 48000, 0), ("two", 0, 48000, 48000)]


@pytest.mark.parametrize("name", ["A2", "a2", "Loops"])
def test_voice_track_names_the_guide_by_label_or_name_instead(name: str) -> None:
    tracks = [track(clip("one"), audio=True, name="ADR"), track(clip("two"), audio=True, name="Loops")]
    assert samples(guided(*tracks, voice_tracks=(name,))) == [("two", 0, 96000, 0)]


def test_a_voice_track_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="--voice-track: there is no audio track “A9”") as caught:
        guided(track(clip("one"), audio=True, name="ADR"), voice_tracks=("A9",))
    assert caught.value.fix == "the tracks are A1 “ADR”"


def test_audio_may_name_a_track_of_the_timeline() -> None:
    tracks = [track(clip("one"), audio=True, name="ADR"), track(clip("two", 0, 30), audio=True, name="Music")]
    assert samples(guided(*tracks, text="RP: audio: A2")) == [("two", 0, 57600, 0)]
    assert samples(guided(*tracks, text="RP: audio: A2", frames=1)) == [("two", 0, 57600, 0)]


def test_audio_that_names_a_track_without_a_clip_there_is_an_error() -> None:
    found = guided(track(gap(80), clip("one"), audio=True), text="RP: audio: A1")
    assert said(found) == ["audio: A1: no clip on that track is under the mark"]


@pytest.mark.parametrize(
    ("speed", "how"),
    [
        (-1.0, "plays backward"),
        (0.0, "is frozen"),
        (3.0, "plays at 300 % speed, and only 50 to 200 % is made without the editor"),
        (1e300, "plays at more than 1e+06 % speed, and only 50 to 200 % is made without the editor"),
    ],
)
def test_a_guide_clip_whose_speed_cannot_be_made_is_an_error(speed: float, how: str) -> None:
    effect = otio.schema.FreezeFrame() if not speed else otio.schema.LinearTimeWarp(time_scalar=speed)
    made = clip("one", 0, 100)
    made.effects.append(effect)
    assert said(guided(track(made, audio=True, name="ADR"))) == [f"the guide clip one (A1) is retimed: it {how}"]


def test_a_guide_clip_plays_the_channels_that_the_editor_says() -> None:
    found = guided(track(clip("one", 0, 100, channels=[(0, 1)]), audio=True, name="ADR"))
    assert [voice.channels for voice in voices(found)] == [(1,)]


def test_a_line_over_a_guide_clip_is_not_spoken_and_that_is_said() -> None:
    found = guided(track(clip("one", 0, 100), audio=True, name="ADR"), text="RP: voice: Rachel\nline: No.")
    assert said(found, "note") == ["the line is not spoken: the guide clip one (A1) is the voice"]


def test_a_shot_without_any_sound_is_an_error() -> None:
    [message] = said(spoken("angry", media={"MARA": movie("MARA", audio=())}))
    assert message.startswith("nothing to perform to: ")
