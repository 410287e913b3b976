"""Log footage: what is sent is made for display, and the take is log again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

import altered_scene
import composited
import conforms
from altered_scene import Planes, Scene
from reperform.media import conforming, extracting, originals, pictures
from reperform.media.compositing import report
from reperform.media.conformed import Conformed
from reperform.media.probing import probe
from reperform.media.returning import PictureMaker, all_pictures
from reperform.media.splicing import Splice
from reperform.media.take_checks import check_take
from reperform.media.viewing.cube import described
from reperform.model import PlanSettings, Shot
from reperform.timing import FrameRange
from viewing.log_kit import LogFilm, colours_of, picture_of, shown, write_lut

SCENE = Scene(width=320, height=180, frames=24, grain=0.9)
FILM = LogFilm(SCENE)
SENT, CUE, VISIBLE = FrameRange(4, 16), FrameRange(8, 8), FrameRange(2, 20)


@dataclass
class Made:
    """A log film, its LUT, and what an engine that sees it for display gives back."""

    folder: Path

    @cached_property
    def settings(self) -> PlanSettings:
        """With a LUT of an awkward name."""
        lut = write_lut(self.folder / "it's [a]: log, \\709;=.cube")
        return PlanSettings(seam_frames=2, input_lut=described(lut))

    @cached_property
    def shot(self) -> Shot:
        """All but the ends of the film."""
        return conforms.shot_of(probe(FILM.write(self.folder / "log.mov")), VISIBLE, head=0, tail=0)

    @cached_property
    def sent(self) -> Path:
        """What the engine is sent."""
        job = conforms.job_of(SENT, [CUE], self.shot.media.rate)
        return extracting.extract(
            self.shot, job, folder=self.folder, name="sent", sound=None, settings=self.settings
        ).video

    @cached_property
    def returned(self) -> Path:
        """That, altered, in H.264 without tags."""
        seen = [altered_scene.picture_of(pictures.planes(each), 8) for each in all_pictures(self.sent)]
        altered = [SCENE.altered(picture, SENT.start + n) for n, picture in enumerate(seen)]
        planes = [altered_scene.planes_of(picture, 8, down=2) for picture in altered]
        codec = ["-c:v", "libx264", "-crf", "16", "-preset", "veryfast", "-bf", "0"]
        return composited.written(self.folder / "returned.mp4", planes, bits=8, layout="420", codec=codec)

    def take(self, composite: str = "changed") -> tuple[Conformed, list[Splice]]:
        """A take of one cue."""
        splices = [conforms.splice_of(CUE, SENT, self.returned)]
        settings = self.settings.model_copy(update={"composite": composite})
        return conforming.conform(self.shot, splices, out=self.folder / f"{composite}.mov", settings=settings), splices

    def handed(self, conformed: Conformed, splices: Sequence[Splice]) -> Iterator[tuple[int, Planes, Planes]]:
        """Each changed frame, its original, and what the encoder got."""
        maker = PictureMaker(
            self.shot, splices, conformed.weights, conformed.changed, recipe=conformed.recipe, color=conformed.color,
            compositions=conformed.compositions, viewing=conformed.viewing,
        )  # fmt: skip
        before = (pictures.planes(each) for each in originals.pictures(self.shot, conformed.changed))
        yield from zip(conformed.changed, before, maker.pictures(), strict=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One film for all."""
    return Made(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def changed(made: Made) -> tuple[Conformed, list[Splice]]:
    """The take of an engine that altered the mouth."""
    return made.take()


def test_what_is_sent_is_what_people_see(made: Made) -> None:
    """Tagged as such, and as near as its coding lets it be; not the flat picture that is stored."""
    facts = probe(made.sent)
    tags = {"primaries": "bt709", "transfer": "bt709", "space": "bt709", "range": "tv"}
    assert (facts.color, facts.frames) == (tags, SENT.frames)
    everywhere = np.ones((SCENE.height, SCENE.width), np.bool_)
    for number, picture in enumerate(all_pictures(made.sent)):
        seen, frame = altered_scene.picture_of(pictures.planes(picture), 8), SENT.start + number
        assert altered_scene.decibels(seen, FILM.display(frame), everywhere) > 40, frame
        assert abs(float((seen - FILM.display(frame)).mean())) < 0.3, frame
        assert altered_scene.decibels(seen, FILM.log(frame), everywhere) < 25, frame


def test_outside_the_matte_a_log_take_has_the_originals_own_numbers(
    made: Made, changed: tuple[Conformed, list[Splice]]
) -> None:
    """Every sample of every changed frame, seams too; and inside it is another."""
    conformed, splices = changed
    for frame, original, given in made.handed(conformed, splices):
        matte = conformed.compositions[0].matte(frame, width=SCENE.width, height=SCENE.height)
        assert composited.touched_outside(original, given, matte) == 0, frame
        assert not np.array_equal(original[0], given[0]), frame


def test_inside_the_take_shows_what_the_engine_made(made: Made, changed: tuple[Conformed, list[Splice]]) -> None:
    """Seen through the LUT; and what is stored is what the camera would have stored of it."""
    conformed, splices = changed
    for frame, _, given in made.handed(conformed, splices):
        if frame not in CUE:
            continue
        inside = SCENE.region(frame) > 0.5
        stored = altered_scene.picture_of(given, 10)
        seen = picture_of(shown(colours_of(stored)))
        assert altered_scene.decibels(seen, SCENE.altered(FILM.display(frame), frame), inside) > 40, frame
        assert altered_scene.decibels(stored, FILM.truth(frame), inside) > 47, frame


def test_a_whole_picture_comes_back_as_log_too(made: Made) -> None:
    """No frame of it is a mixture of what is stored and what is shown, seams neither."""
    conformed, splices = made.take("whole")
    for frame, original, given in made.handed(conformed, splices):
        off = altered_scene.picture_of(given, 10) - altered_scene.picture_of(original, 10)
        beyond = SCENE.region(frame) == 0
        assert np.abs(off[beyond].mean(axis=0)).max() < 0.4, frame
        assert float(np.sqrt((off[beyond] ** 2).mean())) < 2.5, frame


def test_a_log_take_passes_its_checks(made: Made, changed: tuple[Conformed, list[Splice]]) -> None:
    """Read back from the file; and how much of it was changed is said."""
    conformed, splices = changed
    (said,) = report.reports(conformed)
    assert (said.mode, 0.02 < said.share < 0.2) == ("changed", True)
    assert [check.name for check in check_take(conformed, made.shot, splices) if not check.passed] == []
