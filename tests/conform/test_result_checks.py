"""What an engine returned is measured, and what is wrong with it is said, not raised."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

import burned
import conforms
from reperform.media.aligning import Alignment
from reperform.media.checking import check_result
from reperform.media.conforming import conform
from reperform.media.splicing import Splice
from reperform.model import PlanSettings, Source
from reperform.timing import FrameRange

RATE = Fraction(24000, 1001)
SENT, CUE = FrameRange(20, 26), FrameRange(26, 14)


@pytest.fixture(scope="module")
def sent_movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was sent: the original's frames."""
    folder = tmp_path_factory.mktemp("sent")
    return burned.make_movie(folder / "sent.mp4", rate=RATE, frames=SENT.frames, first=SENT.start, channels=1)


def came_back(folder: Path, numbers: list[int], *, rate: Fraction = RATE, size: tuple[int, int] = (320, 180)) -> Path:
    """A movie of these frames of the original with sound of the sent picture's length."""
    path = folder / "came_back.mp4"
    pictures = b"".join(burned.picture(number, *size).tobytes() for number in numbers)
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0"]
    sound = ["-f", "lavfi", "-i", f"sine=duration={float(SENT.frames / RATE)}", "-c:a", "aac"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, *sound, "-pix_fmt", "yuv420p", "-crf", "18"]
    subprocess.run([*command, str(path)], input=pictures, check=True)
    return path


def checked(path: Path, sent: Path | None, original: Source) -> Alignment:
    return check_result(path, sent=sent, job=conforms.job_of(SENT, [CUE], RATE), source=original)


def failed(alignment: Alignment) -> list[str]:
    return [check.name for check in alignment.checks if not check.passed]


ALL = list(range(SENT.start, SENT.end))


def test_what_was_asked_for_passes(tmp_path: Path, sent_movie: Path, prores: Source) -> None:
    """Every check is there, passed, and every frame stands for itself."""
    alignment = checked(came_back(tmp_path, ALL), sent_movie, prores)
    names = ["decodes", "rate", "frame count", "raster", "black frames", "frozen frames", "sound"]
    assert [(check.name, check.passed) for check in alignment.checks] == [(name, True) for name in names]
    assert (alignment.frames, alignment.warnings) == (tuple(range(26)), ())


def test_original_stands_in_for_what_was_sent(tmp_path: Path, prores: Source) -> None:
    """Where the sent file is no longer kept, the original's frames are compared."""
    alignment = checked(came_back(tmp_path, ALL[1:]), None, prores)
    assert (alignment.passed, alignment.frames) == (True, (None, *range(25)))


@pytest.mark.parametrize(
    ("numbers", "frames"),
    [
        (ALL[1:], (None, *range(25))),
        (ALL[:-2], (*range(24), None, None)),
        ([20, 20, *ALL], tuple(range(2, 28))),
        ([*ALL[:22], *ALL[23:]], (*range(22), None, *range(22, 25))),
        ([20, *ALL[:-1]], (*range(1, 26), None)),
    ],
    ids=["first lost", "last two lost", "two more", "one lost in the context", "one late"],
)
def test_two_frames_of_difference_are_put_right(
    tmp_path: Path, sent_movie: Path, prores: Source, numbers: list[int], frames: tuple[int | None, ...]
) -> None:
    """Aligned by picture, with a warning; the take then shows each frame where it belongs."""
    path = came_back(tmp_path, numbers)
    alignment = checked(path, sent_movie, prores)
    assert (failed(alignment), len(alignment.warnings)) == ([], 1)
    meant = [None if frame is None else numbers[frame] for frame in frames]
    assert [None if frame is None else numbers[frame] for frame in alignment.frames] == meant
    shot = conforms.shot_of(prores, FrameRange(20, 25))
    splice = Splice(cue=CUE, returned=path, returned_range=SENT, sent=sent_movie, alignment=alignment)
    conformed = conform(shot, [splice], out=tmp_path / "take.mov", settings=PlanSettings())
    covered = shot.media.with_handles
    assert burned.numbers(conformed.path) == list(range(covered.start, covered.end))


@pytest.mark.parametrize(
    ("numbers", "name", "words"),
    [
        (ALL[:-3], "frame count", "23 frames, 26 sent: more than 2 off"),
        ([*ALL, 46, 47, 48], "frame count", "29 frames, 26 sent: more than 2 off"),
        ([*ALL[:12], *ALL[13:]], "frame count", "1 missing inside the cue, from frame 12 of the job on"),
        ([*ALL[:7], *[26] * 13, *ALL[20:]], "frozen frames", "14 frames alike inside the cue"),
    ],
    ids=["three lost", "three more", "one lost in the cue", "frozen"],
)
def test_what_cannot_be_used_fails(
    tmp_path: Path, sent_movie: Path, prores: Source, numbers: list[int], name: str, words: str
) -> None:
    """The check that fails says what was measured."""
    alignment = checked(came_back(tmp_path, numbers), sent_movie, prores)
    detail = next(check.detail for check in alignment.checks if check.name == name)
    assert failed(alignment) == [name]
    assert words in detail


def test_standing_still_like_what_was_sent_is_no_freeze(tmp_path: Path, prores: Source) -> None:
    """A picture that did not move when it was sent may stand still."""
    still = came_back(tmp_path, [20] * 26).rename(tmp_path / "still.mp4")
    alignment = checked(came_back(tmp_path, [20] * 26), still, prores)
    assert failed(alignment) == []


def test_black_frames_fail(tmp_path: Path, sent_movie: Path, prores: Source) -> None:
    """A black picture inside the cue is not what was asked for."""
    path = came_back(tmp_path, ALL)
    black = tmp_path / "black.mp4"
    box = "drawbox=c=black:t=fill:enable=between(n\\,10\\,11)"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(path), "-vf", box, "-c:a", "copy"]
    subprocess.run([*command, str(black)], check=True)
    alignment = checked(black, sent_movie, prores)
    assert failed(alignment) == ["black frames"]
    assert "2 black inside the cue, the first is frame 10 of the job" in [check.detail for check in alignment.checks]


@pytest.mark.parametrize(
    ("rate", "numbers", "expected"),
    [
        (Fraction(24), ALL, []),
        (Fraction(12), ALL[::2], ["rate"]),
        (Fraction(25), [*ALL, 46], ["rate"]),
    ],
    ids=["24 for 23.98", "12", "25"],
)
def test_another_rate_is_taken_by_time(
    tmp_path: Path, sent_movie: Path, prores: Source, rate: Fraction, numbers: list[int], expected: list[str]
) -> None:
    """It passes as long as no frame inside the cue repeats or is skipped."""
    alignment = checked(came_back(tmp_path, numbers, rate=rate), sent_movie, prores)
    assert failed(alignment) == expected
    assert len(alignment.warnings) == 1


def test_another_shape_fails(tmp_path: Path, sent_movie: Path, prores: Source) -> None:
    """Twice the size is the same picture; another shape is not."""
    assert failed(checked(came_back(tmp_path, ALL, size=(640, 360)), sent_movie, prores)) == []
    assert failed(checked(came_back(tmp_path, ALL, size=(320, 240)), sent_movie, prores)) == ["raster"]


def test_missing_and_short_sound_fail(tmp_path: Path, sent_movie: Path, prores: Source) -> None:
    """A result without sound, or with half of it, is not a performance."""
    path = came_back(tmp_path, ALL)
    for name, arguments in (("silent", ["-an"]), ("short", ["-af", "atrim=0:0.4"])):
        changed = tmp_path / f"{name}.mp4"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(path), "-c:v", "copy", *arguments]
        subprocess.run([*command, str(changed)], check=True)
        assert failed(checked(changed, sent_movie, prores)) == ["sound"]


@pytest.mark.parametrize(
    "content", [b"", b"not media at all", b"#EXTM3U\nhttp://example.com/a.ts\n"], ids=["empty", "text", "playlist"]
)
def test_what_is_no_movie_fails_in_words(tmp_path: Path, sent_movie: Path, prores: Source, content: bytes) -> None:
    """Whatever came back, the answer is a failed check."""
    path = tmp_path / "result.mp4"
    path.write_bytes(content)
    alignment = checked(path, sent_movie, prores)
    assert (failed(alignment), alignment.frames) == (["decodes"], ())


def test_damaged_movie_fails_in_words(tmp_path: Path, sent_movie: Path, prores: Source) -> None:
    """A download that broke off."""
    whole = came_back(tmp_path, ALL).read_bytes()
    path = tmp_path / "broken.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    assert failed(checked(path, sent_movie, prores))
