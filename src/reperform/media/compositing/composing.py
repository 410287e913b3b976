"""What each result of a take gives to its pictures: the changed region, the whole frame, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.examining import Examined, examine
from reperform.media.compositing.masks import SHORTEST
from reperform.media.compositing.seams import between
from reperform.media.returning import PictureMaker
from reperform.model import Shot, TakeComposite
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.media.pictures import Planes
    from reperform.media.recipes import Recipe
    from reperform.media.splicing import Splice, Weights
    from reperform.media.viewing.base import Viewing

__all__ = ["Composition", "Compositions", "compose", "shown_frames"]

_AROUND = 6
"""Frames looked at beyond those that are shown: what is steady in time needs neighbours."""
_SMALLEST = 48
"""Pixels: in a smaller picture nothing is looked for."""

Compositions = Mapping[int, "Composition"]
"""By the number of the splice. A splice without one shows its whole frame."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What one result gives. Frames are numbers on the shot's clock."""

    examined: Examined
    frames: tuple[int, ...]
    """Those that were looked at, ascending."""
    name: str

    @property
    def mode(self) -> Literal["changed", "whole", "unchanged"]:
        """What is shown of it."""
        return "whole" if self.examined.verdict == "rerendered" else self.examined.verdict

    def shows(self, frame: int) -> bool:
        """Whether anything of it is in this frame."""
        if self.examined.mattes is None or frame not in self.frames:
            return self.mode == "whole"
        return self.examined.mattes.changed(self._number(frame))

    def matte(self, frame: int, *, width: int, height: int) -> NDArray[np.float32]:
        """How much of each pixel is what came back."""
        if self.mode == "changed" and frame in self.frames:
            return self.examined.matte(self._number(frame))
        return np.full((height, width), float(self.mode == "whole"), np.float32)

    def laid(self, frame: int, original: Planes, returned: Planes) -> Planes:
        """The original's picture with what is shown of the returned one."""
        if self.mode == "whole":
            return returned
        return self.examined.laid(self._number(frame), original, returned) if self.shows(frame) else original

    def seam(self, frame: int, original: Planes, laid: Planes, share: Fraction) -> Planes | None:
        """`laid` on its way in or out; None: it is dissolved."""
        if self.mode != "changed" or not self.shows(frame):
            return None
        matte = self.examined.matte(self._number(frame))
        return between(original, laid, matte, share=float(share), layout=self.examined.laying.layout)

    def report(self, shown: Sequence[int]) -> TakeComposite:
        """Of these frames, in which it counts."""
        shares = {frame: self._share(frame) for frame in shown}
        worst = max(shares, key=lambda frame: shares[frame], default=None)
        laying = self.examined.laying
        place = laying.registration
        return TakeComposite(
            cue=self.name,
            mode=self.mode,
            why=self.examined.why,
            laid_in=laying.how if self.mode == "changed" else None,
            share=round(sum(shares.values()) / max(1, len(shares)), 5),
            worst_share=round(shares[worst], 5) if worst is not None else 0.0,
            worst_frame=worst if worst is not None and shares[worst] else None,
            moved=round(place.corner(*self.examined.size), 3) if self.mode == "changed" else 0.0,
            recoloured=round(laying.colours.largest(), 2) if self.mode == "changed" else 0.0,
        )

    def _share(self, frame: int) -> float:
        if self.examined.mattes is None or frame not in self.frames:
            return float(self.mode == "whole")
        return float(self.examined.mattes.matte(self._number(frame)).mean())

    def _number(self, frame: int) -> int:
        return (
            frame - self.frames[0]
            if len(self.frames) == self.frames[-1] - self.frames[0] + 1
            else self.frames.index(frame)
        )


def compose(
    shot: Shot,
    splices: Sequence[Splice],
    weights: Weights,
    *,
    covered: FrameRange,
    recipe: Recipe,
    color: Mapping[str, str],
    viewing: Viewing | None = None,
) -> dict[int, Composition]:
    """Looks at every result that counts in a take of `covered`, as its pictures will be coded; with a `viewing` as they are shown.

    Raises:
        MediaError: the original or a result cannot be read.
        ConformError: what came back cannot be opened.

    """
    if min(shot.source.width, shot.source.height) < _SMALLEST:
        return {}
    found = {}
    for number, splice in enumerate(splices):
        shown = [frame for frame, shares in weights.items() if number in shares]
        if shown:
            frames = _looked_at(splice, shown, covered)
            all_of_it = {frame: {number: Fraction(1)} for frame in frames}
            maker = PictureMaker(shot, splices, all_of_it, frames, recipe=recipe, color=color, viewing=viewing)
            found[number] = _composition(number, splice, frames, maker)
    return found


def shown_frames(weights: Weights, compositions: Compositions) -> tuple[int, ...]:
    """The frames of a take that are not the original's."""
    return tuple(
        frame
        for frame, shares in weights.items()
        if any(number not in compositions or compositions[number].shows(frame) for number in shares)
    )


def _looked_at(splice: Splice, shown: Sequence[int], covered: FrameRange) -> tuple[int, ...]:
    first, last = max(covered.start, shown[0] - _AROUND), min(covered.end, shown[-1] + 1 + _AROUND)
    return tuple(frame for frame in range(first, last) if splice.returned_frame(frame) is not None)


def _composition(number: int, splice: Splice, frames: tuple[int, ...], maker: PictureMaker) -> Composition:
    with maker.pairs(number) as pairs:
        lasting = min(SHORTEST, splice.cue.frames)
        examined = examine(pairs, pixel_format=maker.compared_format, frames=len(frames), lasting=lasting)
    return Composition(examined=examined, frames=frames, name=splice.name)
