"""The matte beside a take: a grey movie with its timecode and frames, white where it shows what came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reperform.files import atomic_output
from reperform.media import encoding, muxing, recipes
from reperform.media.splicing import Splice, Weights, weights_of
from reperform.model import PlanSettings, Shot
from reperform.timing import FrameRange, format_timecode

if TYPE_CHECKING:
    from reperform.media.compositing.composing import Compositions

__all__ = ["matte_path", "write_matte"]

_BLACK, _WHITE, _NO_COLOUR = 64, 940, 512


def matte_path(take: Path) -> Path:
    """Where the matte of a take stands: STEM_MATTE.mov."""
    return take.with_name(f"{take.stem}_MATTE.mov")


def write_matte(
    shot: Shot,
    splices: Sequence[Splice],
    compositions: Compositions,
    *,
    out: Path,
    covered: FrameRange,
    settings: PlanSettings,
    start: tuple[int, bool],
) -> None:
    """Writes it as ProRes 422 HQ, complete or not at all: 64 where the original stays, 940 where all is what came back.

    `start` is the timecode of the take's first frame, in frames, and whether it drops.

    Raises:
        MediaError: it cannot be written.

    """
    source = shot.source
    weights = weights_of(splices, take=covered, seam_frames=settings.seam_frames)
    recipe = recipes.mezzanine("prores", width=source.width, height=source.height)
    color = {"range": "tv", "space": "bt709", "primaries": "bt709", "transfer": "bt709"}
    pictures = _pictures(source.width, source.height, covered, weights, compositions)
    facts = muxing.MovieFacts(
        rate=shot.media.rate,
        frames=covered,
        tag=recipe.tag,
        timecode=format_timecode(start[0], shot.media.rate, drop_frame=start[1]),
        reel=None,
        pixel_aspect=source.pixel_aspect,
        rotation=source.rotation,
        color=color,
        metadata={},
        stream_metadata={},
    )
    made = encoding.encoded(
        recipe, pictures, width=source.width, height=source.height, rate=shot.media.rate, color=color
    )
    with made as (template, packets), atomic_output(out) as temporary:
        muxing.write_movie(temporary, template=template, facts=facts, packets=packets, sound=())


def _pictures(
    width: int, height: int, covered: FrameRange, weights: Weights, compositions: Compositions
) -> Iterator[bytes]:
    colour = np.full((height, -(-width // 2)), _NO_COLOUR, "<u2").tobytes() * 2
    for frame in range(covered.start, covered.end):
        matte = np.zeros((height, width), np.float32)
        for number, share in weights.get(frame, {}).items():
            composition = compositions.get(number)
            part = 1.0 if composition is None else composition.matte(frame, width=width, height=height)
            matte += np.float32(share) * part
        grey = np.rint(_BLACK + matte * (_WHITE - _BLACK)).clip(_BLACK, _WHITE).astype("<u2")
        yield grey.tobytes() + colour
