"""Takes of which only what the engine changed is the engine's: from what came back to the file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import altered_scene
import composited
import conforms
from altered_scene import Planes, Scene
from reperform.media import conforming, pictures
from reperform.media.compositing import matte_file, report
from reperform.media.conformed import Conformed
from reperform.media.originals import pictures as originals
from reperform.media.probing import probe
from reperform.media.returning import PictureMaker, all_pictures
from reperform.media.splicing import Splice
from reperform.model import PlanSettings, Shot
from reperform.timing import FrameRange

SCENE = Scene(width=320, height=180, frames=24, grain=0.9)
SENT, CUE, VISIBLE = FrameRange(4, 16), FrameRange(8, 8), FrameRange(2, 20)
SETTINGS = PlanSettings(seam_frames=2)


@dataclass
class Made:
    """A film, what came back for it, and how takes are made of both."""

    folder: Path

    @cached_property
    def original(self) -> Path:
        """10-bit ProRes."""
        planes = [SCENE.original(frame) for frame in range(SCENE.frames)]
        codec = ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0"]
        return composited.written(self.folder / "film.mov", planes, bits=10, layout="422", codec=codec)

    @cached_property
    def coded_again(self) -> Path:
        """The original, decoded and coded by the take's own encoder, and nothing else."""
        planes = [pictures.planes(picture) for picture in originals(self.shot, range(SCENE.frames))]
        codec = ["-c:v", "prores_aw", "-profile:v", "3", "-vendor", "apl0"]
        return composited.written(self.folder / "again.mov", planes, bits=10, layout="422", codec=codec)

    def returned(self, name: str, *, alters: bool) -> Path:
        """H.264 for the frames that were sent."""
        frames = range(SENT.start, SENT.end)
        of = [SCENE.altered(SCENE.grained(n), n) if alters else SCENE.grained(n) for n in frames]
        planes = [altered_scene.planes_of(picture, 8, down=2) for picture in of]
        codec = ["-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-bf", "0"]
        return composited.written(self.folder / f"{name}.mp4", planes, bits=8, layout="420", codec=codec)

    @cached_property
    def shot(self) -> Shot:
        """All but the ends of it."""
        return conforms.shot_of(probe(self.original), VISIBLE, head=0, tail=0)

    def take(self, returned: Path, settings: PlanSettings = SETTINGS) -> tuple[Conformed, list[Splice]]:
        """A take of one cue."""
        splices = [conforms.splice_of(CUE, SENT, returned)]
        out = self.folder / f"{returned.stem}_{settings.composite}.mov"
        return conforming.conform(self.shot, splices, out=out, settings=settings), splices


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One film for all."""
    return Made(tmp_path_factory.mktemp("composited"))


@pytest.fixture(scope="module")
def altered(made: Made) -> tuple[Conformed, list[Splice]]:
    """The take of an engine that altered the mouth."""
    return made.take(made.returned("altered", alters=True))


def test_outside_the_matte_the_encoder_gets_the_originals_own_numbers(
    made: Made, altered: tuple[Conformed, list[Splice]]
) -> None:
    """Every sample of every changed frame, seams too; and inside it is another."""
    conformed, splices = altered
    handed, kept = _handed(made, conformed, splices), _original(made, conformed.changed)
    for frame, original, given in zip(conformed.changed, kept, handed, strict=True):
        matte = conformed.compositions[0].matte(frame, width=SCENE.width, height=SCENE.height)
        assert composited.touched_outside(original, given, matte) == 0, frame
        assert not np.array_equal(original[0], given[0]), frame


def test_after_coding_the_rest_is_one_generation_away(made: Made, altered: tuple[Conformed, list[Splice]]) -> None:
    """Frames that are not the engine's are the original's packets. The rest of the others is off by less than the
    original's own coding cost it; in slices without a change, by no more than coding the original again costs."""
    conformed, _ = altered
    first = made.shot.media.in_frame
    taken, before = conforms.packets(conformed.path), conforms.packets(made.original)
    copied = [n for n in range(conformed.in_frame, conformed.range.end) if n not in conformed.changed]
    assert all(taken[n - first] == before[n] for n in copied)
    found, plain = list(all_pictures(conformed.path)), list(all_pictures(made.coded_again))
    for frame, original in zip(conformed.changed, _original(made, conformed.changed), strict=True):
        matte = conformed.compositions[0].matte(frame, width=SCENE.width, height=SCENE.height)
        here = pictures.planes(found[frame - first])[0]
        assert _off(here, original[0], matte == 0) < _off(original[0], SCENE.original(frame)[0], matte == 0), frame
        beyond = _without_slices(matte)
        again = pictures.planes(plain[frame])[0]
        assert _off(here, original[0], beyond) < 1.1 * _off(again, original[0], beyond) + 0.01, frame


def test_how_much_was_changed_is_said(altered: tuple[Conformed, list[Splice]]) -> None:
    """The share of the picture, the worst frame, how it was laid in."""
    (said,) = report.reports(altered[0])
    assert (said.mode, said.laid_in, said.cue) == ("changed", "delta", "cue")
    assert 0.02 < said.share <= said.worst_share < 0.2
    assert said.worst_frame in altered[0].changed


def test_where_nothing_changed_the_take_is_the_original(made: Made) -> None:
    """Packet for packet, with a word to the person."""
    conformed, _ = made.take(made.returned("same", alters=False))
    (said,) = report.reports(conformed)
    assert (conformed.changed, conformed.copied_packets, said.mode) == ((), VISIBLE.frames, "unchanged")
    assert report.warning_of(said) == "cue: the engine changed nothing, so the original's pictures are kept"


def test_the_whole_picture_is_used_where_that_is_asked_for(made: Made) -> None:
    """Without looking for a change."""
    settings = SETTINGS.model_copy(update={"composite": "whole"})
    conformed, _ = made.take(made.returned("altered", alters=True), settings)
    assert (conformed.compositions, len(conformed.changed)) == ({}, CUE.frames + 2 * SETTINGS.seam_frames)


def test_the_matte_is_a_movie_beside_the_take(made: Made, altered: tuple[Conformed, list[Splice]]) -> None:
    """Its frames, rate and timecode are the take's; it is white where the performance stands, black where the original does."""
    conformed, splices = altered
    out = matte_file.matte_path(conformed.path)
    matte_file.write_matte(
        made.shot, splices, conformed.compositions, out=out, covered=conformed.range, settings=SETTINGS,
        start=(conformed.start_frame, conformed.drop_frame),
    )  # fmt: skip
    take, matte = probe(conformed.path), probe(out)
    facts = [(s.frames, s.rate, s.start_frame, s.width, s.height) for s in (take, matte)]
    assert (out.name, facts[0]) == ("altered_changed_MATTE.mov", facts[1])
    levels = [pictures.planes(picture)[0] for picture in all_pictures(out)]
    x, y = SCENE.face(12)
    mouth = levels[12 - conformed.in_frame][int(y + 0.17 * SCENE.height), int(x)]
    assert abs(int(mouth) - 940) < 12
    assert abs(int(levels[12 - conformed.in_frame][5, 5]) - 64) < 6
    assert int(levels[0].max()) < 80


def _handed(made: Made, conformed: Conformed, splices: list[Splice]) -> list[Planes]:
    maker = PictureMaker(
        made.shot, splices, conformed.weights, conformed.changed, recipe=conformed.recipe, color=conformed.color,
        compositions=conformed.compositions,
    )  # fmt: skip
    return list(maker.pictures())


def _off(one: NDArray[Any], other: NDArray[Any], where: NDArray[np.bool_]) -> float:
    return float(np.mean((one.astype(float) - other)[where] ** 2))


def _without_slices(matte: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where no slice of ProRes, of 128 × 16 pixels, holds a part of the matte: a slice has one quantiser."""
    result = np.ones(matte.shape, bool)
    for top in range(0, matte.shape[0], 16):
        for left in range(0, matte.shape[1], 128):
            part = np.s_[top : top + 16, left : left + 128]
            result[part] = not matte[part].any()
    return result


def _original(made: Made, frames: tuple[int, ...]) -> list[Planes]:
    return [pictures.planes(picture) for picture in originals(made.shot, frames)]
