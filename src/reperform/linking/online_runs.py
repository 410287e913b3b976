"""Image sequences as online media: the same name, and numbers that count the timecode, or just as many pictures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.linking.linked import Prober
from reperform.linking.offline import Offline
from reperform.linking.online_matched import BEGIN, END, Matched, stem_of
from reperform.linking.same_frames import refuse_other_shape
from reperform.model import ImageSequence, Source
from reperform.timeline.media_roots import MediaRoots
from reperform.timing import FrameRange, format_timecode

__all__ = ["OnlineRuns"]

_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>\d+)(?P<suffix>\.\w+)")
_NO_TIMECODE = "its numbers are no timecode: name and length are all that shows that it is the same"


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Numbered pictures of one folder."""

    folder: Path
    prefix: str
    suffix: str
    numbers: tuple[int, ...]
    """In order."""
    padding: int

    @property
    def pattern(self) -> Path:
        """Folder and pattern."""
        return self.folder / self.sequence.pattern

    @property
    def sequence(self) -> ImageSequence:
        """All of it, if no number is missing."""
        return ImageSequence(
            prefix=self.prefix,
            suffix=self.suffix,
            padding=self.padding,
            first=self.numbers[0],
            frames=self.numbers[-1] - self.numbers[0] + 1,
        )

    def is_named_after(self, offline: Offline) -> bool:
        """Whether its pictures, or their folder, are called as the offline media or as its reel."""
        names = (self.prefix.casefold(), self.folder.name.casefold())
        wanted = re.escape(stem_of(offline.name)) + END
        reels = [f"{BEGIN}{re.escape(reel.casefold())}{END}" for reel in offline.reels]
        return any(re.match(wanted, name) or any(re.search(reel, name) for reel in reels) for name in names)


class OnlineRuns:
    """The image sequences under some folders. They are listed once; of a run three pictures are opened."""

    def __init__(self, roots: MediaRoots, prober: Prober) -> None:
        self._roots, self._prober = roots, prober

    def judged(self, offline: Offline, needed: FrameRange) -> tuple[list[Matched], list[str]]:
        """The runs of its name that hold `needed`, frames of the offline media; and of the others of its name why not."""
        fitting: list[Matched] = []
        refused: list[str] = []
        for run in self._runs if offline.source.kind == "movie" else ():
            if not run.is_named_after(offline):
                continue
            try:
                fitting.append(self._match(run, offline, needed))
            except (InputError, MediaError) as error:
                refused.append(f"{run.pattern} is not it: {error.message}")
        return fitting, refused

    def _match(self, run: _Run, offline: Offline, needed: FrameRange) -> Matched:
        _refuse_gaps(run)
        later, start, doubt = _placed(run, offline, needed)
        source = self._prober(run.pattern, rate=offline.source.rate, sequence=run.sequence)
        facts = {"start_frame": start, "drop_frame": offline.source.drop_frame, "reel": next(iter(offline.reels), None)}
        source = source.model_copy(update=facts)
        refuse_other_shape(offline.source, source)
        first, last = run.numbers[0], run.numbers[-1]
        agrees = (
            "its name",
            f"pictures {first} to {last}",
            *([] if start is None else [f"timecode from {_said(start, source)}"]),
        )
        return Matched(source=source, later=later, agrees=agrees, doubt=doubt)

    @cached_property
    def _runs(self) -> tuple[_Run, ...]:
        return tuple(run for folder, names in sorted(self._roots.pictures().items()) for run in _runs_in(folder, names))


def _runs_in(folder: Path, names: list[str]) -> Iterator[_Run]:
    found: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for name in names:
        if (match := _NUMBERED.fullmatch(name)) is not None:
            found[match["prefix"], match["suffix"]][int(match["number"])] = match["number"]
    for (prefix, suffix), numbers in sorted(found.items()):
        # A picture alone is a still.
        if len(numbers) > 1:
            yield _Run(
                folder=folder, prefix=prefix, suffix=suffix, numbers=tuple(sorted(numbers)), padding=_padding(numbers)
            )


def _padding(numbers: Mapping[int, str]) -> int:
    return len(min(numbers.values(), key=len)) if any(text.startswith("0") for text in numbers.values()) else 0


def _placed(run: _Run, offline: Offline, needed: FrameRange) -> tuple[int, int | None, str | None]:
    """By how much frames are later in the run, its first picture's timecode in frames, and what speaks against it.

    Raises:
        MediaRefused: neither its numbers nor its length say which picture is which.

    """
    source, first, frames = offline.source, run.numbers[0], len(run.numbers)
    if source.start_frame is not None:
        later = source.start_frame - first
        if FrameRange(0, frames).contains(needed.shifted(later)):
            return later, first, None
    if frames == source.frames:
        return 0, source.start_frame, _NO_TIMECODE
    shown = "" if source.start_frame is None else f" the frames that the cut shows ({_needed(needed, source)}), nor"
    raise MediaRefused(
        f"its pictures are numbered {first} to {run.numbers[-1]}: these are not{shown or ' timecode, and'} the"
        f" {source.frames} frames of the offline media"
    )


def _needed(needed: FrameRange, source: Source) -> str:
    first = source.start_frame or 0
    return f"{first + needed.start} to {first + needed.end - 1}, counted in frames from midnight"


def _refuse_gaps(run: _Run) -> None:
    there = set(run.numbers)
    missing = [number for number in range(run.numbers[0], run.numbers[-1]) if number not in there]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise MediaRefused(f"picture {missing[0]}{more} of it is missing")


def _said(start: int, source: Source) -> str:
    return format_timecode(start, source.rate, drop_frame=source.drop_frame)
