"""What OTIO's objects say of themselves, in exact terms: times, speeds, and whether a clip moves."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.image_names import is_run
from reperform.timeline.spaces import FLICKS, ONE, Flicks, whole
from reperform.timing import OtioTime, exact_rate, exact_seconds

__all__ = ["STILL_ENDINGS", "Times", "is_moving", "speed_of"]

STILL_ENDINGS = frozenset(
    {
        *(".ai", ".avif", ".bmp", ".cin", ".dng", ".dpx", ".eps", ".exr", ".gif", ".hdr", ".heic", ".heif", ".jp2"),
        *(".jpeg", ".jpg", ".pct", ".pdf", ".pict", ".png", ".psb", ".psd", ".svg", ".tga", ".tif", ".tiff", ".webp"),
    }
)
"""Endings of single pictures."""

_MOVIE_ENDINGS = frozenset({".mov", ".mp4", ".mxf", ".m4v", ".avi", ".mkv", ".mts", ".m2ts", ".webm"})
"""Their length is not asked for: it takes long, and no editor makes a still of them."""

_ONE_FRAME = 1.5

_FLOAT32 = Fraction(1, 5_000_000)


class Times:
    """OTIO times as exact flicks. Remembers them: the same few lengths and rates stand in a timeline thousands of times."""

    def __init__(self) -> None:
        self._frames: dict[float, Flicks] = {}
        self._known: dict[tuple[float, float], Flicks] = {}

    def flicks(self, time: OtioTime) -> Flicks:
        """Exact flicks of a time. Raises ValueError where it is none."""
        key = time.value, time.rate
        try:
            return self._known[key]
        except KeyError:
            known = self._known[key] = self._exact(time)
            return known

    def _exact(self, time: OtioTime) -> Flicks:
        value, rate = time.value, time.rate
        frame = self._frames.get(rate)
        if frame is None:
            exact = exact_rate(rate)
            if not exact:
                raise ValueError(f"{rate} is not a frame rate")
            frame = self._frames[rate] = whole(FLICKS / exact)
        return whole(int(value) * frame if value.is_integer() else exact_seconds(time) * FLICKS)

    def length(self, time: OtioTime) -> Flicks:
        """A length in flicks: zero where it is negative, or no time."""
        try:
            return max(0, self.flicks(time))
        except (ValueError, OverflowError):
            return 0

    def span(self, time_range: Any) -> tuple[Flicks, Flicks] | None:
        """Start and duration of a TimeRange; None where there is none, or none that can be read."""
        if time_range is None:
            return None
        try:
            start, duration = self.flicks(time_range.start_time), self.flicks(time_range.duration)
        except (ValueError, OverflowError):
            return None
        return (start, duration) if duration >= 0 else None


def speed_of(item: Any) -> Fraction | None:
    """The product of an item's retimes: 1 for none, 0 for a freeze, None where one varies."""
    effects = item.effects
    speed = ONE
    for number in range(len(effects)):
        effect = effects[number]
        if type(effect) is otio.schema.Effect:
            continue
        if not isinstance(effect, otio.schema.TimeEffect) or not effect.enabled:
            continue
        scalar = getattr(effect, "time_scalar", None)
        if scalar is None or not math.isfinite(scalar):
            return None
        speed *= _exact_scalar(scalar)
    return speed


def _exact_scalar(scalar: float) -> Fraction:
    """The speed that a float means: -0.699999988 is -7/10, 0.3333333333 is 1/3."""
    exact = Fraction(scalar)
    near = exact.limit_denominator(1000)
    return near if abs(near - exact) <= _FLOAT32 * abs(exact) else exact


def is_moving(clip: Any, reference: Any) -> bool:
    """Whether a clip's picture moves: generators, titles, stills and adjustment clips do not."""
    if reference is None:
        return not _is_adjustment(clip)
    kind = type(reference)
    if kind is otio.schema.ExternalReference:
        ending = _ending(reference.target_url)
        return ending in _MOVIE_ENDINGS or not (_is_still(ending, reference.target_url) or _is_one_frame(reference))
    if kind is otio.schema.ImageSequenceReference:
        return True
    if kind is otio.schema.GeneratorReference:
        return False
    still = _is_still(_ending(reference.name), reference.name)
    return not (_is_one_frame(reference) or still or _is_adjustment(clip))


def _is_still(ending: str, spelled: str) -> bool:
    """A single picture; a run of them, such as `shot.%04d.png`, moves."""
    return ending in STILL_ENDINGS and not is_run(spelled)


def _ending(url: str | None) -> str:
    dot = url.rfind(".", -6) if url else -1
    return url[dot:].lower() if url and dot >= 0 else ""


def _is_one_frame(reference: Any) -> bool:
    available = reference.available_range
    return available is not None and 0 < float(available.duration.value) <= _ONE_FRAME


def _is_adjustment(clip: Any) -> bool:
    """Adjustment clips have no media; editors name them so."""
    return str(clip.name).lower().startswith(("adjustment clip", "adjustment layer"))
