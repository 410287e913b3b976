"""What a cue is, by content: the same pictures with the same voice are the same cue, whatever else has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

import burned
from reperform.errors import MediaError, MediaRefused
from reperform.media.fingerprints import CueDigests, claim_key, cue_digests, quick_key
from reperform.media.identities import file_identity
from reperform.media.packets import picture_packets
from reperform.media.probing import probe
from reperform.model import Shot, Voice
from reperform.timing import FrameRange, sample_at
from shared import SHARED, needs
from sound.sounding import cue, file_voice, own_voice, shot

LONG = FrameRange(10, 40)
TRIMS = [FrameRange(10, 25), FrameRange(23, 27), FrameRange(17, 20)]
KINDS = {
    "prores": ("a.mov", "prores_lt", Fraction(25), "pcm_s16le"),
    "h264 with aac": ("a.mp4", "h264", Fraction(30000, 1001), "aac"),
    "dnxhr in mxf": ("a.mxf", "dnxhr", Fraction(24000, 1001), "pcm_s24le"),
}


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def movie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, codec, rate, sound_codec = request.param
    path = tmp_path_factory.mktemp("movie") / name
    size = (64, 64) if codec == "prores_lt" else (320, 180)
    return burned.make_movie(
        path, rate=rate, frames=90, codec=codec, sound_codec=sound_codec, size=size, extra=_SHORT_GROUPS
    )


_VISIBLE = FrameRange(5, 70)
_SHORT_GROUPS = ["-g", "24"]


@pytest.fixture(scope="module")
def voice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return burned.make_wave(tmp_path_factory.mktemp("voice") / "v.wav", samples=96000, start=500_000)


@pytest.fixture(scope="module")
def coded_voice(tmp_path_factory: pytest.TempPathFactory, voice_file: Path) -> Path:
    return ffmpeg(voice_file, tmp_path_factory.mktemp("voice") / "v.m4a", "-c:a", "aac")


def ffmpeg(source: Path, out: Path, *arguments: str) -> Path:
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(source), *arguments, str(out)], check=True
    )
    return out


def with_own_sound(path: Path, frames: FrameRange, visible: FrameRange = _VISIBLE) -> tuple[Shot, CueDigests]:
    made = shot(path, visible, [])
    return made, cue_digests(made, cue(frames, [own_voice(made, frames)]))


@pytest.mark.parametrize("trimmed", TRIMS, ids=["at its end", "at its start", "at both"])
def test_a_trimmed_cue_is_a_part_of_the_longer_one(movie: Path, trimmed: FrameRange) -> None:
    """With its own sound, a trimmed cue's digests are those of the longer cue's frames, whatever of the shot is visible."""
    _, longer = with_own_sound(movie, LONG)
    _, shorter = with_own_sound(movie, trimmed, FrameRange(trimmed.start - 3, trimmed.frames + 9))
    assert longer.part(trimmed.start - LONG.start, trimmed.frames) == shorter
    assert shorter.offset_in(longer) == trimmed.start - LONG.start


def test_what_stands_on_another_side_is_another_picture(tmp_path: Path) -> None:
    """A flag of the file turns it: what was sent of one would lie sideways on the other. None, or a whole turn, is no flag."""
    plain = burned.make_movie(tmp_path / "a.mp4", rate=Fraction(25), frames=10, codec="h264", sound_codec="aac")
    turned = [ffmpeg_of_turned(plain, tmp_path / f"{degrees}.mp4", degrees) for degrees in ("0", "90", "180", "-90")]
    made = [shot(path, FrameRange(0, 10), []) for path in turned]
    assert [each.source.rotation for each in made] == [0, 90, 180, 270]
    pictures = [cue_digests(each, cue(FrameRange(2, 4), [])).picture for each in made]
    keys = [quick_key(each, cue(FrameRange(2, 4), []), {}) for each in made]
    assert len(set(pictures)) == len(set(keys)) == 4
    assert pictures[0] == cue_digests(shot(plain, FrameRange(0, 10), []), cue(FrameRange(2, 4), [])).picture


def ffmpeg_of_turned(path: Path, out: Path, degrees: str) -> Path:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-display_rotation", degrees, "-i", str(path)]
    subprocess.run([*command, "-c", "copy", str(out)], check=True)
    return out


def test_frames_that_differ_have_digests_that_differ(movie: Path) -> None:
    """No two frames of moving picture over noise are taken for each other, and the voice is none of the picture."""
    _, digests = with_own_sound(movie, LONG)
    assert len(set(digests.picture)) == len(set(digests.voice)) == LONG.frames
    assert len(digests.picture[0]) == 32


@pytest.mark.parametrize("trimmed", TRIMS, ids=["at its end", "at its start", "at both"])
@pytest.mark.parametrize("coded", [False, True], ids=["wav", "aac"])
def test_a_trim_keeps_what_the_guide_track_lays(
    movie: Path, voice_file: Path, coded_voice: Path, coded: bool, trimmed: FrameRange
) -> None:
    """Guide clips keep their place against the picture: a trimmed cue has the same digests for the frames it keeps."""
    path = coded_voice if coded else voice_file
    made = shot(movie, FrameRange(0, 90), [])
    longer = cue_digests(made, cue(LONG, guide_voices(made, path, LONG)))
    shorter = cue_digests(made, cue(trimmed, guide_voices(made, path, trimmed)))
    assert longer.part(trimmed.start - LONG.start, trimmed.frames) == shorter


def guide_voices(of: Shot, path: Path, frames: FrameRange) -> list[Voice]:
    """Two guide clips at fixed places of the media's clock, cut to the cue."""
    start, end = (sample_at(frame, of.media.rate, 48000) for frame in (frames.start, frames.end))
    clips = [(15_000, 40_000, 2000), (50_000, 90_000, 30_000)]
    voices = []
    for first, last, at in clips:
        low, high = max(first, start), min(last, end)
        if low < high:
            begin = at + low - first
            voices.append(file_voice(path, begin, begin + high - low, kind="track", offset_samples=low - start))
    return voices


@pytest.mark.parametrize("sync", ["cut_off", "loop", "bounce"])
@pytest.mark.parametrize("coded", [False, True], ids=["wav", "aac"])
def test_a_cue_trimmed_at_its_end_is_a_prefix(
    movie: Path, voice_file: Path, coded_voice: Path, coded: bool, sync: Any
) -> None:
    """A voice from a file starts with its cue, so a cue that only ends earlier is the beginning of the longer one."""
    path = coded_voice if coded else voice_file
    made = shot(movie, FrameRange(0, 90), [])
    voice = file_voice(path, 3000, 20_000, sync=sync)
    longer = cue_digests(made, cue(LONG, [voice]))
    shorter = cue_digests(made, cue(FrameRange(10, 25), [voice]))
    moved = cue_digests(made, cue(FrameRange(11, 39), [voice]))
    assert shorter.offset_in(longer) == 0
    assert moved.offset_in(longer) is None


def test_a_stretched_voice_belongs_to_its_length(movie: Path, voice_file: Path) -> None:
    """A cue of another length stretches its voice otherwise: nothing of it is the same."""
    made = shot(movie, FrameRange(0, 90), [])
    voice = file_voice(voice_file, 0, 60_000, sync="remap")
    longer, shorter = (cue_digests(made, cue(frames, [voice])) for frames in (LONG, FrameRange(10, 39)))
    assert not set(longer.voice) & set(shorter.voice)
    assert longer == cue_digests(made, cue(LONG, [voice], name="another"))


def _copied(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / f"renamed{path.suffix}"))


def _remuxed(path: Path, folder: Path) -> Path:
    changed = ["-metadata", "title=another", "-metadata:s:v:0", "timecode=10:00:00:00", "-map_metadata", "-1"]
    return ffmpeg(path, folder / f"remuxed{path.suffix}", "-map", "0:v", "-map", "0:a", "-c", "copy", *changed)


def _other_container(path: Path, folder: Path) -> Path:
    suffix = {".mxf": ".mov", ".mp4": ".mov", ".mov": ".mxf"}[path.suffix]
    return ffmpeg(path, folder / f"moved{suffix}", "-map", "0:v", "-map", "0:a", "-c", "copy")


@pytest.mark.parametrize("change", [_copied, _remuxed, _other_container], ids=["copied", "new metadata", "rewrapped"])
def test_a_file_under_another_name_is_the_same(
    tmp_path: Path, movie: Path, change: Callable[[Path, Path], Path]
) -> None:
    """Names, dates, metadata and timecode are not in a digest: only the coded pictures and the sound are."""
    assert with_own_sound(change(movie, tmp_path), LONG)[1] == with_own_sound(movie, LONG)[1]


def test_another_recording_is_another_cue(movie: Path, tmp_path: Path, voice_file: Path) -> None:
    """Other samples against the same frames change the voice's digests and none of the picture's."""
    other = burned.make_wave(tmp_path / "v.wav", samples=96000, start=1)
    made = shot(movie, FrameRange(0, 90), [])
    one, two = (
        cue_digests(made, cue(LONG, [file_voice(path, 0, 90_000, sync="cut_off")])) for path in (voice_file, other)
    )
    assert one.picture == two.picture
    assert not set(one.voice) & set(two.voice)


def test_sixteen_and_twenty_four_bits_of_one_sound_are_one(movie: Path, tmp_path: Path, voice_file: Path) -> None:
    """A lossless voice is its samples, not its file format."""
    flac = ffmpeg(voice_file, tmp_path / "v.flac")
    deep = ffmpeg(voice_file, tmp_path / "v.aiff", "-c:a", "pcm_s24be")
    made = shot(movie, FrameRange(0, 90), [])
    found = {
        cue_digests(made, cue(LONG, [file_voice(path, 0, 90_000, sync="cut_off")])).voice
        for path in (voice_file, flac, deep)
    }
    assert len(found) == 1


def test_a_spoken_line_is_its_words_and_its_speaker(movie: Path) -> None:
    """Every frame under a line has the digest of the line and the voice that speaks it."""
    made = shot(movie, FrameRange(0, 90), [])
    said = [("No.", "Ada"), ("Yes.", "Ada"), ("No.", "Bob")]
    voices = [Voice(kind="speech", line=line, speech_voice=speaker) for line, speaker in said]
    found = [set(cue_digests(made, cue(LONG, [voice])).voice) for voice in voices]
    assert [len(digests) for digests in found] == [1, 1, 1]
    assert len(set.union(*found)) == 3


def test_a_retimed_cue_is_the_pictures_it_shows(movie: Path) -> None:
    """On the record's clock each frame has the digest of the source picture that the map gives it."""
    _, straight = with_own_sound(movie, LONG)
    backwards = tuple(range(49, 9, -1))
    made = shot(movie, FrameRange(200, 40), [], clock="record", map=backwards, own_sound=())
    found = cue_digests(made, cue(FrameRange(205, 10)))
    assert found.picture == straight.picture[::-1][5:15]
    with pytest.raises(MediaError, match="outside shot"):
        cue_digests(made, cue(FrameRange(235, 10)))


def test_pictures_that_are_read_together_are_known_as_each_by_itself(movie: Path) -> None:
    """Pictures that lean on one keyframe are read in one go, others apart; whatever their order."""
    asked = [3, 20, 30, 65, 60, 60]
    with picture_packets(probe(movie)) as packets:
        groups = packets.together(asked)
        found = [each for group in groups for each in packets.digests(group)]
        alone = [packets.digests([number])[0] for number in asked]
    assert found == alone
    assert [number for group in groups for number in group] == asked
    if movie.suffix == ".mp4":
        assert groups == [[3, 20], [30], [65, 60, 60]]


def test_a_frame_that_is_not_there_is_said(movie: Path) -> None:
    """Frames past the end of a file that has become shorter are an error, not a digest."""
    made = shot(movie, FrameRange(0, 90), [])
    with pytest.raises(MediaError, match="no picture for every frame"):
        cue_digests(made, cue(FrameRange(80, 20)))


def test_the_key_is_of_all_that_decides_a_result() -> None:
    """Another engine, model, parameter, picture, voice or number of take is another key; the order of parameters is not."""
    base: dict[str, Any] = {
        "engine": "sync",
        "model": "react-1",
        "parameters": {"emotion": "angry", "temperature": 1.0},
        "digests": CueDigests(("a",), ("b",)),
        "take_number": 1,
    }
    others: list[dict[str, Any]] = [
        {"engine": "fal"},
        {"model": "sync-3"},
        {"parameters": {"emotion": "sad", "temperature": 1.0}},
        {"digests": CueDigests(("a",), ("c",))},
        {"digests": CueDigests(("c",), ("b",))},
        {"take_number": 2},
    ]
    keys = {claim_key(**base), *(claim_key(**{**base, **other}) for other in others)}
    reordered = {"parameters": {"temperature": 1, "emotion": "angry"}}
    assert len(keys) == 7
    assert claim_key(**{**base, **reordered}) == claim_key(**base)


def test_a_key_never_changes() -> None:
    """What was paid for under one version of reperform is found by every later one."""
    digests = CueDigests(("00" * 16,), ("ff" * 16,))
    key = claim_key(engine="sync", model="react-1", parameters={"emotion": "angry"}, digests=digests, take_number=1)
    assert key == "7c046ee6e1e1e04c36abe5ea9e6d7fca8f66c723ed30cfd46afbd8c7d8a9cb08"


def test_the_quick_key_tells_cues_apart(movie: Path, tmp_path: Path, voice_file: Path) -> None:
    """It is the same for a copy, and another for other frames, another voice or other parameters."""
    made = shot(movie, FrameRange(0, 90), [])
    again = shot(_copied(movie, tmp_path), FrameRange(2, 80), [])
    voice = file_voice(voice_file, 0, 90_000, sync="cut_off")
    one = cue(LONG, [voice])
    parameters = {"emotion": "angry"}
    others = [cue(FrameRange(10, 39), [voice]), cue(FrameRange(11, 40), [voice]), cue(LONG, [own_voice(made, LONG)])]
    keys = {quick_key(made, each, parameters) for each in (one, *others)} | {quick_key(made, one, {"emotion": "sad"})}
    assert len(keys) == 5
    assert quick_key(again, one, parameters) == quick_key(made, one, parameters)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    """A copy has the same identity; a change at the start, in the middle or at the end is another file."""
    content = os.urandom(1_500_000)
    first = tmp_path / "a.mov"
    first.write_bytes(content)
    found = set()
    for number, at in enumerate((0, len(content) // 2, len(content) - 1)):
        changed = tmp_path / f"{number}.mov"
        changed.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        found.add(file_identity(changed))
    copy = Path(shutil.copy(first, tmp_path / "b.mov"))
    assert file_identity(copy) == file_identity(first)
    assert len(found | {file_identity(first)}) == 4
    first.write_bytes(content + b"more")
    assert file_identity(first) != file_identity(copy)


def test_a_file_that_is_gone_has_no_identity(tmp_path: Path) -> None:
    """A missing file is a refusal with a way out."""
    with pytest.raises(MediaRefused, match=r"gone\.mov cannot be read"):
        file_identity(tmp_path / "gone.mov")


@needs("footage/presenter_6s_vfr_h264.mp4")
def test_a_variable_rate_file_is_known_by_what_is_on_screen() -> None:
    """Each frame of the clock has its picture's digest, again where a picture stays on; a trim keeps them."""
    path = SHARED / "footage" / "presenter_6s_vfr_h264.mp4"
    source = probe(path)
    made = shot(path, FrameRange(0, source.frames), [], source=source)
    longer = cue_digests(made, cue(FrameRange(20, 90)))
    shorter = cue_digests(made, cue(FrameRange(57, 30)))
    assert source.variable
    assert longer.part(37, 30) == shorter
    assert 30 < len(set(longer.picture)) < 90
