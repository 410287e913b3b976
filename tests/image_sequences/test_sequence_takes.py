"""A take of an image sequence is a folder of pictures of the same kind: those that were not changed are copies of the files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import altered_scene
import burned
import composited
import conforms
from image_sequences import rendered
from reperform.errors import MediaError
from reperform.media import sequences
from reperform.media.conformed import Conformed
from reperform.media.conforming import conform
from reperform.media.probing import probe
from reperform.media.sequence_takes import sound_path
from reperform.media.splicing import Splice
from reperform.media.take_checks import check_take
from reperform.media.take_sound import TakeSound
from reperform.model import PlanSettings, Shot, Source
from reperform.timing import FrameRange

SENT, CUE = FrameRange(4, 16), FrameRange(8, 8)
KEPT = [*range(2, 8), *(conforms.RETURNED + number for number in range(8, 16)), *range(16, 22)]
"""Of the take from frame 2 up to 22."""


def made(source: Source, folder: Path, **more: object) -> tuple[Conformed, Shot, list[Splice]]:
    returned = conforms.return_for(folder, SENT, rendered.RATE)
    splices = [conforms.splice_of(CUE, SENT, returned)]
    shot = conforms.shot_of(source, FrameRange(6, 12), head=4, tail=4)
    settings = PlanSettings(seam_frames=0, composite="whole")
    options: dict[str, object] = {"out": folder / "x_RP001", "settings": settings, **more}
    return conform(shot, splices, **options), shot, splices  # type: ignore[arg-type]  # passed through


@pytest.mark.parametrize(
    ("ending", "pixel_format"),
    [("png", "rgb24"), ("png", "rgba64be"), ("tif", "rgb48le"), ("dpx", "gbrp10be"), ("jpg", "yuvj422p")],
    ids=["8-bit PNG", "16-bit PNG with alpha", "16-bit TIFF", "10-bit DPX", "JPEG"],
)
def test_a_take_is_a_sequence_of_the_same_kind_with_the_originals_numbers(
    tmp_path: Path, ending: str, pixel_format: str
) -> None:
    source = rendered.render(tmp_path / "plate", ending, pixel_format)
    take, shot, splices = made(source, tmp_path)
    assert take.sequence is not None
    assert [path.name for path in sorted(take.path.iterdir())] == [
        f"x_RP001.{number}.{ending}" for number in range(1003, 1023)
    ]
    assert rendered.take_numbers(take.path, take.sequence) == KEPT
    assert (take.codec, take.copied_packets) == (
        {"tif": "TIFF", "jpg": "JPEG"}.get(ending, ending.upper()),
        12,
    )
    assert [check.name for check in check_take(take, shot, splices) if not check.passed] == []


def test_untouched_pictures_are_copies_that_nobody_touches_the_original_through(tmp_path: Path) -> None:
    source = rendered.render(tmp_path / "plate", "png", "rgba")
    take, _, _ = made(source, tmp_path)
    for frame in (2, 7, 16, 21):
        before = sequences.frame_path(source, frame)
        after = take.path / f"x_RP001.{1001 + frame}.png"
        assert (after.read_bytes(), after.stat().st_nlink) == (before.read_bytes(), 1)
        assert not after.samefile(before)
    changed = rendered.rgba(take.path / "x_RP001.1011.png")
    assert np.array_equal(changed[..., 3], rendered.rgba(sequences.frame_path(source, 10))[..., 3])


def test_a_sequence_that_counts_in_steps_goes_on_counting_in_them(tmp_path: Path) -> None:
    take, _, _ = made(rendered.render(tmp_path / "plate", "jpg", "yuvj444p", step=10), tmp_path)
    assert sorted(path.name for path in take.path.iterdir())[:2] == ["x_RP001.1021.jpg", "x_RP001.1031.jpg"]


def test_on_the_records_clock_its_numbers_count_the_timecode(tmp_path: Path) -> None:
    source = rendered.render(tmp_path / "plate", "jpg", "yuvj444p")
    shot = conforms.shot_of(source, FrameRange(0, 4), head=0, tail=0)
    media = shot.media.model_copy(update={"map": (7, 5, 3, 1)})
    take = conform(
        shot.model_copy(update={"clock": "record", "media": media}),
        [],
        out=tmp_path / "x_RP001",
        settings=PlanSettings(),
    )
    assert take.sequence is not None
    assert sorted(path.name for path in take.path.iterdir())[0] == "x_RP001.0086400.jpg"
    assert rendered.take_numbers(take.path, take.sequence) == [7, 5, 3, 1]


def test_its_sound_stands_beside_it_with_its_time(tmp_path: Path) -> None:
    source = rendered.render(tmp_path / "plate", "jpg", "yuvj444p").model_copy(update={"start_frame": 86400})
    voice = burned.make_wave(tmp_path / "voice.wav", samples=48000)
    [stream] = TakeSound(conforms.shot_of(probe_with_sound(tmp_path), FrameRange(0, 24)), FrameRange(2, 20), []).tracks
    take, shot, splices = made(source, tmp_path, sound=[stream])
    wave = probe(sound_path(take.path))
    assert (wave.start_frame, wave.frames, wave.codec) == (86402 * 2000, 40000, "pcm_s24le")
    assert voice.exists()
    assert [check.name for check in check_take(take, shot, splices, sound=[stream]) if not check.passed] == []


def probe_with_sound(folder: Path) -> Source:
    return probe(
        burned.make_movie(folder / "sounding.mov", codec="prores_lt", rate=rendered.RATE, frames=24, channels=1)
    )


def test_a_take_that_could_not_be_finished_is_not_there(tmp_path: Path) -> None:
    source = rendered.render(tmp_path / "plate", "png", "rgb24")
    sequences.frame_path(source, 18).unlink()
    with pytest.raises(MediaError, match="x_RP001"):
        made(source, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if "RP001" in path.name] == []


Finished = tuple[Source, Conformed, Shot, list[Splice]]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("finished")
    source = rendered.render(folder / "plate", "png", "rgb24")
    return source, *made(source, folder)


def _broken(take: Conformed, how: str, source: Source) -> None:
    path = take.path / "x_RP001.1004.png"
    if how == "another picture in an untouched place":
        path.write_bytes(sequences.frame_path(source, 9).read_bytes())
    elif how == "the very file of the original":
        path.unlink()
        path.hardlink_to(sequences.frame_path(source, 3))
    elif how == "a picture is missing":
        path.unlink()
    elif how == "a changed picture is another":
        (take.path / "x_RP001.1009.png").write_bytes(path.read_bytes())
    else:
        (take.path / "notes.txt").write_text("from elsewhere")


@pytest.mark.parametrize(
    ("how", "failing"),
    [
        ("another picture in an untouched place", "untouched pictures"),
        ("the very file of the original", "untouched pictures"),
        ("a picture is missing", "frame count and numbers"),
        ("a changed picture is another", "pictures in their places"),
        ("another file in the folder", "frame count and numbers"),
    ],
)
def test_a_take_with_a_fault_fails_the_check_that_looks_for_it(
    finished: Finished, tmp_path: Path, how: str, failing: str
) -> None:
    source, take, shot, splices = finished
    copy = replace(take, path=Path(shutil.copytree(take.path, tmp_path / "x_RP001")))
    _broken(copy, how, source)
    assert failing in [check.name for check in check_take(copy, shot, splices) if not check.passed]


@pytest.mark.parametrize(
    ("ending", "pixel_format"),
    [
        pytest.param("png", "rgb48be", id="16-bit PNG", marks=pytest.mark.slow),
        pytest.param("dpx", "gbrp10be", id="10-bit DPX"),
    ],
)
def test_outside_what_an_engine_changed_every_pixel_is_the_originals(
    tmp_path: Path, ending: str, pixel_format: str
) -> None:
    """To the last bit of its depth, in a changed picture as in a copied one."""
    scene = altered_scene.Scene(frames=12)
    film = composited.written(
        tmp_path / "film.mov",
        [scene.original(frame) for frame in range(12)],
        bits=10,
        layout="422",
        codec=["-c:v", "prores_ks"],
    )
    rendered.converted(film, tmp_path / "plate", ending, pixel_format)
    back = [altered_scene.planes_of(scene.altered(scene.grained(n), n), 8, down=2) for n in range(12)]
    codec = ["-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-bf", "0"]
    returned = composited.written(tmp_path / "back.mp4", back, bits=8, layout="420", codec=codec)
    source = rendered.source_in(tmp_path / "plate", ending, count=12)
    shot = conforms.shot_of(source, FrameRange(0, 12), head=0, tail=0)
    splices = [Splice(cue=FrameRange(3, 6), returned=returned, returned_range=FrameRange(0, 12), name="cue")]
    take = conform(shot, splices, out=tmp_path / "x_RP001", settings=PlanSettings(seam_frames=0))
    assert [composition.mode for composition in take.compositions.values()] == ["changed"]
    for frame in range(3, 9):
        before = rendered.rgba(sequences.frame_path(source, frame))
        after = rendered.rgba(take.path / f"x_RP001.{1001 + frame}.{ending}")
        matte = take.compositions[0].matte(frame, width=320, height=180) > 0
        assert np.array_equal(after[~matte], before[~matte])
        assert 0.005 < (after != before).any(axis=2).mean() < 0.3
