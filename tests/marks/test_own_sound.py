"""A shot's own sound: which it is, and that it is in step with the picture."""

from __future__ import annotations

from typing import Any

from marked import Library, clip, cut, find, gap, mark, movie, said, track
from marks.heard_kit import MEDIA, samples, voices
from reperform.model import AudioStream, Source
from reperform.timeline.cues import Found

MONO = AudioStream(index=1, rate=48000, channels=1, layout="mono", codec="pcm_s16le", samples=1_920_000)
TWO_MONOS = movie("MARA", audio=(MONO, MONO.model_copy(update={"index": 2})))


def own(*audio: Any, media: dict[str, Source] | None = None, link: int | None = None, **settings: Any) -> Found:
    picture = track(gap(25), clip("MARA", 100, 50, link=link, marks=[mark("RP: angry", 110, 20)]))
    return find(cut(picture, *audio), media=Library(media or {}), **settings)


def sounds(found: Found) -> list[tuple[str, int, int]]:
    return [(sound.path.stem, sound.stream, sound.at_sample) for shot in found.shots for sound in shot.own_sound]


def linked(found: Found) -> list[tuple[int, ...]]:
    return [address for shot in found.shots for address in shot.linked_audio]


def test_the_own_sound_is_in_step_with_the_picture() -> None:
    found = own()
    assert sounds(found) == [("MARA", 1, 192000)]
    assert samples(found) == [("MARA", 110 * 1920, 130 * 1920, 0)]
    assert found.shots[0].voice_in_cut


def test_a_stream_that_starts_after_the_picture_is_counted_from_its_own_first_sample() -> None:
    late = movie("MARA", audio=(MONO.model_copy(update={"start_sample": 480}),))
    assert sounds(own(media={"MARA": late})) == [("MARA", 1, 192000 - 480)]


def test_without_linked_audio_it_is_all_channels_of_the_file() -> None:
    assert sounds(own(media={"MARA": TWO_MONOS})) == [("MARA", 1, 192000), ("MARA", 2, 192000)]


def test_first_it_is_the_audio_of_the_same_link_group() -> None:
    boom = track(gap(20), clip("boom", 300, 60, link=7), audio=True)
    same = track(gap(25), clip("MARA", 100, 50), audio=True)
    found = own(same, boom, link=7)
    # Record frame 25 is 5 frames into boom.
    assert (linked(found), sounds(found)) == ([(2, 1)], [("boom", 1, 305 * 1920)])


def test_a_link_group_elsewhere_in_the_cut_is_another_shot_s() -> None:
    far = track(gap(200), clip("boom", 300, 60, link=7), audio=True)
    assert linked(own(far, link=7)) == []


def test_next_it_is_the_audio_of_the_same_file_and_range_muted_or_not() -> None:
    other = track(gap(25), clip("music", 0, 50), audio=True)
    same = track(gap(25), clip("MARA", 100, 50, enabled=False), audio=True)
    assert linked(own(other, same)) == [(2, 1)]


def test_next_it_is_enabled_audio_with_the_same_record_range() -> None:
    off = track(gap(25), clip("off", 0, 50), audio=True, enabled=False)
    found = own(off, track(gap(25), clip("boom", 10, 50), audio=True), track(clip("music", 0, 100), audio=True))
    assert (linked(found), sounds(found)) == ([(2, 1)], [("boom", 1, 19200)])


def test_a_guide_clip_is_no_shot_s_own_sound() -> None:
    found = own(track(gap(25), clip("adr", 0, 50), audio=True, name="ADR"))
    assert (linked(found), sounds(found), [voice.kind for voice in voices(found)]) == (
        [],
        [("MARA", 1, 192000)],
        ["track"],
    )


def test_own_sound_names_tracks_instead() -> None:
    same = track(gap(25), clip("MARA", 100, 50), audio=True)
    boom = track(clip("boom", 0, 45), clip("wild", 500, 55), audio=True, name="Boom")
    found = own(same, boom, own_sound=("A2",))
    assert linked(found) == [(2, 0), (2, 1)]
    # The cue is record frames 35 to 55; the boom clip ends at 45.
    assert samples(found) == [("boom", 35 * 1920, 45 * 1920, 0), ("wild", 500 * 1920, 510 * 1920, 10 * 1920)]
    # Heard longest first.
    assert sounds(found) == [("wild", 1, (500 - 20) * 1920), ("boom", 1, 25 * 1920)]


def test_channels_are_those_the_editor_says() -> None:
    audio = track(gap(25), clip("MARA", 100, 50, channels=[(1, 0)]), audio=True)
    found = own(audio, media={"MARA": TWO_MONOS})
    assert [(sound.stream, sound.channels) for sound in found.shots[0].own_sound] == [(2, None)]


def test_linked_audio_that_is_offline_is_an_error_where_it_drives_the_cue() -> None:
    audio = track(gap(25), clip("boom", 100, 50, link=7), audio=True)
    picture = track(gap(25), clip("MARA", 100, 50, link=7, marks=[mark("RP: angry", 110, 20)]))
    found = find(cut(picture, audio), media=Library(offline=("boom",)))
    assert (said(found), found.shots) == (["the media of boom is offline"], ())


def test_linked_audio_that_is_offline_in_part_is_a_warning() -> None:
    audio = [track(gap(25), clip(name, 100, 50, link=7), audio=True) for name in ("boom", "lav")]
    picture = track(gap(25), clip("MARA", 100, 50, link=7, marks=[mark("RP: angry", 110, 20)]))
    found = find(cut(picture, *audio), media=Library(offline=("boom",)))
    assert said(found, "warning") == ["a part of its own sound is not heard: the media of boom is offline"]
    assert samples(found) == [("lav", 110 * 1920, 130 * 1920, 0)]


def test_linked_audio_that_is_offline_is_a_warning_where_another_voice_drives_the_cue() -> None:
    audio = track(gap(25), clip("boom", 100, 50, link=7), audio=True)
    picture = track(gap(25), clip("MARA", 100, 50, link=7, marks=[mark("RP: audio: adr.wav @ 0-0.5", 110, 20)]))
    found = find(cut(picture, audio), media=Library(MEDIA, offline=("boom",)))
    assert said(found, "warning") == ["a part of its own sound is not heard: the media of boom is offline"]
    assert [shot.voice_in_cut for shot in found.shots] == [False]
