"""A film, what came back for it with one thing wrong, and the takes of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

import altered_scene
import composited
import conforms
from altered_scene import Picture, Scene
from reperform.media import checking, conforming
from reperform.media.checks.performance import check_performance
from reperform.media.checks.verdicts import Verdicts
from reperform.media.checks.vmaf import Vmaf
from reperform.media.checks.watching import Watch
from reperform.media.conformed import Conformed
from reperform.media.probing import probe
from reperform.media.splicing import Splice
from reperform.model import Check, PlanSettings, Shot, Thresholds
from reperform.timing import FrameRange

SENT, CUE, VISIBLE = FrameRange(4, 28), FrameRange(10, 16), FrameRange(0, 36)
PRORES = ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0"]
Wrong = Callable[[int, Picture], Picture]
"""What is wrong with the picture that came back for a frame."""


def right(_: int, picture: Picture) -> Picture:
    """Nothing."""
    return picture


@dataclass
class Film:
    """Of a face before a camera that moves."""

    folder: Path
    scene: Scene = field(default_factory=lambda: Scene(width=320, height=180, frames=36, grain=0.7, camera=1.5))

    @cached_property
    def shot(self) -> Shot:
        """All of it."""
        planes = [self.scene.original(frame) for frame in range(self.scene.frames)]
        path = composited.written(self.folder / "film.mov", planes, bits=10, layout="422", codec=PRORES)
        return conforms.shot_of(probe(path), VISIBLE, head=0, tail=0)

    @cached_property
    def performance(self) -> dict[int, Picture]:
        """What a good engine makes of what was sent."""
        return {n: self.scene.altered(self.scene.grained(n), n) for n in range(SENT.start, SENT.end)}

    def returned(self, name: str, wrong: Wrong) -> Path:
        """What came back: the performance, and what is wrong with it."""
        made = [wrong(n, picture) for n, picture in self.performance.items()]
        planes = [altered_scene.planes_of(picture, 8, down=2) for picture in made]
        codec = ["-c:v", "libx264", "-crf", "16", "-preset", "veryfast", "-bf", "0"]
        return composited.written(self.folder / f"{name}.mp4", planes, bits=8, layout="420", codec=codec)

    def take(self, name: str, wrong: Wrong = right, *, whole: bool = False, seam: int = 4) -> Taken:
        """A take of that."""
        splices = [conforms.splice_of(CUE, SENT, self.returned(name, wrong))]
        settings = PlanSettings(composite="whole" if whole else "changed", seam_frames=seam)
        out = self.folder / f"{name}_{seam}_take.mov"
        return Taken(self.shot, conforming.conform(self.shot, splices, out=out, settings=settings), splices)


@dataclass(frozen=True)
class Taken:
    """A take and what it was made of."""

    shot: Shot
    conformed: Conformed
    splices: Sequence[Splice]

    def checks(self, *, preview: bool = False, vmaf: bool = False, **limits: object) -> dict[str, Check]:
        """The verdicts on its performance, by name."""
        thresholds = Thresholds.model_validate(limits)
        verdicts = Verdicts(shot=self.shot, thresholds=thresholds, preview=preview)
        with Vmaf() as measuring:
            watch = Watch(self.conformed, self.shot, feed=measuring.feed if vmaf else None)
            checking.check_take(self.conformed, self.shot, self.splices, watch=watch)
            pairs = watch.end()
        scores = measuring.scores if vmaf else None
        found = check_performance(self.conformed, pairs, self.splices, spoken=(), verdicts=verdicts, vmaf=scores)
        return {check.name: check for check in found}


def bad(checks: dict[str, Check]) -> list[str]:
    """The names of those that failed or were noticed."""
    return [name for name, check in checks.items() if check.noticed or not check.passed]


def brighter(picture: Picture, levels: Sequence[float]) -> Picture:
    """By these levels of luma, blue and red."""
    return (picture + np.array(levels, np.float32)).astype(np.float32)
