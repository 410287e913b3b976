"""A finished take of an image sequence, read back: its pictures as files, their places, and its sound."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reperform.errors import ReperformError
from reperform.media import comparing, frames, originals, probing, sequences
from reperform.media.comparing_light import LightComparison
from reperform.media.compositing.views import Layout
from reperform.media.muxing import sound_length
from reperform.media.pictures import Fitter, planes
from reperform.media.returning import PictureMaker, take_coding
from reperform.media.sequence_takes import sound_path, take_source
from reperform.media.splicing import Splice
from reperform.model import Check, Shot, Source

if TYPE_CHECKING:
    from reperform.media.checks.watching import Watch
    from reperform.media.conformed import Conformed
    from reperform.media.muxing import Track

__all__ = ["check_sequence_take"]


def check_sequence_take(
    conformed: Conformed,
    shot: Shot,
    splices: Sequence[Splice],
    *,
    sound: Sequence[Track] = (),
    watch: Watch | None = None,
) -> tuple[Check, ...]:
    """Reads it back: one file for each frame and no other, raster, untouched files, changed pictures, sound.

    As `take_checks.check_take`, which calls it.

    Raises:
        MediaError: the original or a result cannot be read.

    """
    try:
        take = take_source(conformed.path, rate=conformed.rate, sequence=conformed.sequence)
        pictures = _pictures(conformed, take, shot, splices, watch)
    except ReperformError as error:
        return (Check(name="decodes", passed=False, detail=error.message),)
    checks = [*pictures, _names(conformed), _raster(shot.source, take), _sound(conformed, sound)]
    if conformed.copied_packets:
        checks.append(_untouched(conformed, take, shot))
    return tuple(checks)


def _names(conformed: Conformed) -> Check:
    sequence = conformed.sequence
    assert sequence is not None, "this take is an image sequence"
    meant = {sequence.name(frame) for frame in range(conformed.frames)}
    found = set(os.listdir(conformed.path))  # noqa: PTH208 - names, not paths
    detail = f"{len(found & meant)} of {conformed.frames} pictures, {len(found - meant)} other files"
    return Check(name="frame count and numbers", passed=found == meant, detail=detail)


def _raster(source: Source, take: Source) -> Check:
    facts = [(each.codec, each.pixel_format, each.width, each.height) for each in (take, source)]
    said = [f"{width}×{height} {codec} {form}" for codec, form, width, height in facts]
    return Check(name="raster", passed=facts[0] == facts[1], detail=f"{said[0]}; original {said[1]}")


def _sound(conformed: Conformed, sound: Sequence[Track]) -> Check:
    meant = [(t.rate, t.channels, sound_length(conformed.range, conformed.rate, t.rate)) for t in sound]
    streams = probing.probe(sound_path(conformed.path)).audio if sound else ()
    found = [(stream.rate, stream.channels, stream.samples) for stream in streams]
    detail = ", ".join(f"{channels} channels at {rate}, {samples} samples" for rate, channels, samples in found)
    return Check(name="sound streams", passed=found == meant, detail=f"{detail or 'none'}; {len(meant)} meant")


def _untouched(conformed: Conformed, take: Source, shot: Shot) -> Check:
    """Every file outside cues and seams is a copy of the original's, byte for byte, and not the same file."""
    changed, number_of = frozenset(conformed.changed), originals.source_frames(shot)
    numbers = [frame for frame in range(conformed.in_frame, conformed.range.end) if frame not in changed]
    same = 0
    for frame in numbers:
        before = sequences.frame_path(shot.source, number_of(frame))
        after = sequences.frame_path(take, frame - conformed.in_frame)
        there = after.is_file() and not before.samefile(after)
        same += there and before.read_bytes() == after.read_bytes()
    detail = f"{same} of {len(numbers)} pictures outside cues and seams are the original's"
    return Check(name="untouched pictures", passed=same == len(numbers), detail=detail)


def _pictures(
    conformed: Conformed, take: Source, shot: Shot, splices: Sequence[Splice], watch: Watch | None
) -> list[Check]:
    """Decodes every changed picture, and compares some with what was meant."""
    compared, recipe = comparing.spread(conformed.changed), conformed.recipe
    meant = PictureMaker(
        shot,
        splices,
        conformed.weights,
        compared,
        recipe=recipe,
        color=conformed.color,
        compositions=conformed.compositions,
        viewing=conformed.viewing,
    ).pictures()
    coding = take_coding(shot.source, recipe, conformed.color)
    fitter = Fitter(coding, width=take.width, height=take.height, pixel_format=recipe.pixel_format, into=coding)
    light = LightComparison.of(shot, compared, conformed.viewing)
    top, worst, count = Layout.of(recipe.pixel_format).top, np.inf, 0
    numbers = [frame - conformed.in_frame for frame in conformed.changed]
    for frame, picture in zip(conformed.changed, frames.read(take, numbers), strict=True):
        count += 1
        found = planes(fitter.fit(picture))
        if frame in compared:
            wanted = next(meant)
            near = comparing.decibels(found[0], wanted[0], top=top) if light is None else light.decibels(found, wanted)
            worst = min(worst, near)
        if watch is not None and watch.wants(frame):
            watch.see(frame, found)
    decoded = f"{count} of {len(conformed.changed)} frames, and {conformed.copied_packets} are the original's"
    checks = [Check(name="decodes", passed=count == len(conformed.changed), detail=decoded)]
    if compared:
        detail = f"{len(compared)} frames compared with what was meant: at least {worst:.1f} dB"
        checks.append(Check(name="pictures in their places", passed=bool(worst >= comparing.CLOSE), detail=detail))
    return [*checks, *(light.checks() if light is not None else ())]
