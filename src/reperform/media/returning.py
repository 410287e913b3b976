"""The changed pictures of a take: what came back, in the original's raster and coding, dissolved with the original."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from reperform.errors import ConformError, MediaRefused
from reperform.media import originals
from reperform.media.clocks import decode_in_threads
from reperform.media.opening import opened, reading
from reperform.media.pictures import Coding, Fitter, Planes, coding_of, has_alpha, mixed, planes, raw
from reperform.media.probing import picture_stream, probe
from reperform.media.recipes import Recipe
from reperform.media.splicing import Splice, Weights
from reperform.media.viewing.display import DISPLAY_FORMAT, WIRE_FORMAT, Display, displayed
from reperform.model import Shot, Source

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame

    from reperform.media.compositing.composing import Compositions
    from reperform.media.viewing.base import Viewing

__all__ = ["PictureMaker", "all_pictures", "take_coding"]

_FOR_DISPLAY = Coding("bt709", "tv")
_HELD = 48
"""Pictures of what came back that are held at a time, where they are wanted out of their order."""


def take_coding(source: Source, recipe: Recipe, color: Mapping[str, str]) -> Coding:
    """How the numbers of a take's pictures, tagged with `color`, mean colours."""
    tagged = source.model_copy(update={"color": dict(color), "pixel_format": recipe.pixel_format})
    return coding_of(tagged, untagged=coding_of(source))


def all_pictures(path: Path) -> Iterator[VideoFrame]:
    """Every picture of a file in order of presentation.

    Raises:
        MediaRefused, MediaError: it cannot be opened, or a picture does not decode.

    """
    with opened(path) as container, reading(path):
        stream = picture_stream(container)
        if stream is None:
            raise ConformError(f"{path.name} has no picture")
        decode_in_threads(stream)
        yield from container.decode(stream)


class PictureMaker:
    """Makes the pictures at `frames` (ascending, on the shot's clock) of a take with these splices and weights.

    Of a splice that is among `compositions` only what changed is laid over the original. With a `viewing` all of it is
    done in what people are shown, and brought back into the original's colours at the end.
    """

    def __init__(
        self,
        shot: Shot,
        splices: Sequence[Splice],
        weights: Weights,
        frames: Sequence[int],
        *,
        recipe: Recipe,
        color: Mapping[str, str],
        compositions: Compositions | None = None,
        viewing: Viewing | None = None,
    ) -> None:
        self._shot, self._splices, self._weights, self._frames = shot, splices, weights, frames
        self._recipe, self._color = recipe, color
        self._compositions = compositions or {}
        self._alpha = has_alpha(recipe.pixel_format)
        coding = take_coding(shot.source, recipe, color)
        self._display = None if viewing is None else Display(viewing, recipe.pixel_format, coding)

    @property
    def compared_format(self) -> str:
        """The pixel format of the pictures that `pairs` gives."""
        return self._recipe.pixel_format if self._display is None else DISPLAY_FORMAT

    def raw(self) -> Iterator[bytes]:
        """The pictures as raw bytes in the recipe's pixel format, made one at a time.

        Raises:
            MediaError: the original or a result cannot be read.

        """
        with closing(self.pictures()) as pictures:
            yield from map(raw, pictures)

    def pictures(self) -> Generator[Planes]:
        """The pictures as planes, made one at a time.

        Raises:
            MediaError: the original or a result cannot be read.

        """
        own = (frame for frame in self._frames if self._shows_original(frame))
        with ExitStack() as files:
            original = self._original(list(own))
            files.callback(_close, original)
            returned = [self._returned(number) for number in range(len(self._splices))]
            for iterator in returned:
                files.callback(_close, iterator)
            for frame in self._frames:
                yield self._one(frame, original, returned)

    @contextmanager
    def pairs(self, number: int) -> Iterator[Iterator[tuple[Planes, Planes]]]:
        """The original's pictures and those of one splice, which has one for each of the frames, made one pair at a time."""
        original, returned = self._original(self._frames), self._returned(number)
        with ExitStack() as files:
            files.callback(_close, original)
            files.callback(_close, returned)
            yield ((self._seen(planes(one)), other) for one, other in zip(original, returned, strict=True))

    def _one(self, frame: int, original: Iterator[VideoFrame], returned: Sequence[Iterator[Planes]]) -> Planes:
        stored = planes(next(original)) if self._shows_original(frame) else None
        if self._display is None or stored is None:
            return self._mixed(frame, stored, returned)
        shown = self._display.shown(stored)
        return self._display.undone(stored, self._mixed(frame, shown, returned), shown)

    def _seen(self, stored: Planes) -> Planes:
        return stored if self._display is None else self._display.shown(stored)

    def _mixed(self, frame: int, base: Planes | None, returned: Sequence[Iterator[Planes]]) -> Planes:
        shares = self._weights.get(frame, {})
        parts = [(self._shown(number, frame, base, next(returned[number])), s) for number, s in shares.items()]
        rest = 1 - sum(shares.values(), Fraction(0))
        if len(parts) == 1 and rest and base is not None and (way := self._seam(frame, base, *parts[0])):
            parts, rest = [(way, Fraction(1))], Fraction(0)
        if rest:
            assert base is not None
            parts.append((base, rest))
        picture = mixed(parts)
        # No engine returns transparency: it is the original's.
        return (*picture[:3], *base[3:]) if self._alpha and base is not None else picture

    def _shown(self, number: int, frame: int, base: Planes | None, returned: Planes) -> Planes:
        """Of what came back, what this take shows."""
        composition = self._compositions.get(number)
        return returned if composition is None or base is None else composition.laid(frame, base, returned)

    def _seam(self, frame: int, base: Planes, laid: Planes, share: Fraction) -> Planes | None:
        composition = self._compositions.get(next(iter(self._weights[frame])))
        return None if composition is None else composition.seam(frame, base, laid, share)

    def _shows_original(self, frame: int) -> bool:
        shares = self._weights.get(frame, {})
        laid_over = any(n in self._compositions and self._compositions[n].mode != "whole" for n in shares)
        return self._alpha or self._display is not None or laid_over or sum(shares.values(), Fraction(0)) < 1

    def _original(self, frames: Sequence[int]) -> Iterator[VideoFrame]:
        into = take_coding(self._shot.source, self._recipe, self._color)
        fitter = self._fitter(coding_of(self._shot.source), self._recipe.pixel_format, into)
        for picture in originals.pictures(self._shot, frames) if frames else ():
            yield fitter.fit(picture)

    def _returned(self, number: int) -> Iterator[Planes]:
        """For each frame in which this splice counts the picture that stands for it, fitted."""
        splice = self._splices[number]
        wanted = [splice.returned_frame(frame) for frame in self._frames if number in self._weights.get(frame, {})]
        if not wanted:
            return
        pictures = _numbered_pictures(splice.returned, [index for index in wanted if index is not None])
        coding, turn = self._returned_coding(splice), -self._shot.source.rotation
        if self._display is None:
            into = take_coding(self._shot.source, self._recipe, self._color)
            fitter = self._fitter(coding, self._recipe.pixel_format, into, turn=turn)
            yield from (planes(fitter.fit(picture)) for picture in pictures)
            return
        fitter = self._fitter(coding, WIRE_FORMAT, _FOR_DISPLAY, turn=turn)
        yield from (displayed(planes(fitter.fit(picture))) for picture in pictures)

    def _fitter(self, coding: Coding, pixel_format: str, into: Coding, *, turn: int = 0) -> Fitter:
        source = self._shot.source
        return Fitter(coding, width=source.width, height=source.height, pixel_format=pixel_format, into=into, turn=turn)

    def _returned_coding(self, splice: Splice) -> Coding:
        """By its own tags; where it has none, by those of what was sent."""
        if splice.sent is not None and splice.sent.is_file():
            sent = coding_of(probe(splice.sent))
        elif self._display is not None:
            sent = _FOR_DISPLAY
        else:
            source = self._shot.source
            # RGB is sent as Rec. 709, whatever its size.
            sent = Coding("bt709" if source.color.get("space") == "gbr" else coding_of(source).matrix, "tv")
        try:
            return coding_of(probe(splice.returned), untagged=sent)
        except MediaRefused as error:
            raise ConformError(
                f"what came back, {splice.returned.name}, cannot be opened: {error.message}",
                cause=error.cause,
                fix="Perform this cue again (`--another`).",
            ) from error


def _numbered_pictures(path: Path, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """The pictures of what came back at these numbers, in any order: a shot may show backward what was performed forward."""
    if all(before <= after for before, after in pairwise(wanted)):
        yield from _ascending_pictures(path, wanted)
        return
    for start in range(0, len(wanted), _HELD):
        piece = wanted[start : start + _HELD]
        ascending = sorted(set(piece))
        by_number = dict(zip(ascending, _ascending_pictures(path, ascending), strict=True))
        yield from (by_number[number] for number in piece)


def _ascending_pictures(path: Path, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    numbered = enumerate(all_pictures(path))
    reached, picture = -1, None
    for index in wanted:
        while reached < index:
            following = next(numbered, None)
            if following is None:
                raise ConformError(f"{path.name} has no frame {index}", fix="Check it again before conforming.")
            reached, picture = following
        assert picture is not None
        yield picture


def _close(pictures: Iterator[object]) -> None:
    if close := getattr(pictures, "close", None):
        close()
