"""Image sequences on the disk: the folder, the numbers that are there, and those that are missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reperform.errors import MediaRefused
from reperform.linking.references import Wanted
from reperform.linking.refusals import GIVE_ROOT, ambiguous, named, not_here
from reperform.model import ImageSequence
from reperform.timeline.image_names import PICTURES, Numbered, numbers_in
from reperform.timeline.locations import Location, locate
from reperform.timeline.media_roots import MediaRoots

__all__ = ["FoundRun", "Runs", "refuse_unread"]

_LINEAR = frozenset({".hdr", ".pfm"})
_OTHER_ENDING = "the same name but for"
_RENDER = (
    "Render it with its timecode as a ProRes or DNxHR movie, or as an OpenEXR, PNG, TIFF or DPX sequence in the colours that"
    " the timeline is graded in, and relink the clip to that."
)


@dataclass(frozen=True, kw_only=True)
class FoundRun:
    """A run of pictures, as it lies on the disk."""

    path: Path
    """Folder and pattern."""
    sequence: ImageSequence
    moved: str | None = None
    """Why it is not where the timeline says, and what speaks for this one. None where it is."""


class Runs:
    """Finds runs of pictures; every folder is listed once."""

    def __init__(self, folder: Path, hosts: frozenset[str], roots: MediaRoots) -> None:
        self._folder, self._hosts, self._roots = folder, hosts, roots
        self._listed: dict[Path, tuple[str, ...]] = {}

    def find(self, wanted: Wanted) -> FoundRun:
        """The run that a clip names.

        Raises:
            MediaRefused: it is nowhere, numbers of it are missing, or its pictures are of a kind that is not read.

        """
        run = wanted.run
        assert run is not None, "a single file is no run"
        refuse_unread(wanted)
        location = locate(wanted.path_to(run.file_name(run.first or 0)), self._folder, hosts=self._hosts)
        for path in location.paths:
            for form in dict.fromkeys((run, run.decoded())):
                found = self._in_folder(path.parent, form, wanted)
                if found is not None:
                    return found
        return self._moved(wanted, location)

    def _in_folder(self, folder: Path, run: Numbered, wanted: Wanted) -> FoundRun | None:
        """The run in this folder; None where no picture of it is there. Raises MediaRefused where numbers are missing."""
        prefix, suffix, names = numbers_in(self._names(folder), run)
        first = _first(run, names, wanted)
        if first is None:
            return None
        numbers = _whole(run, first, names, folder)
        if not numbers:
            return None
        sequence = ImageSequence(
            prefix=prefix, suffix=suffix, padding=_padding(run, names), first=first, step=run.step, frames=len(numbers)
        )
        return FoundRun(path=folder / sequence.pattern, sequence=sequence)

    def _names(self, folder: Path) -> tuple[str, ...]:
        known = self._listed.get(folder)
        if known is None:
            try:
                known = tuple(os.listdir(folder))  # noqa: PTH208 - names, not paths: there may be a hundred thousand
            except (OSError, ValueError):
                known = ()
            self._listed[folder] = known
        return known

    def _moved(self, wanted: Wanted, location: Location) -> FoundRun:
        why = f"it lies {location.elsewhere}" if location.elsewhere else "no picture of it is there"
        fitting: list[tuple[FoundRun, str]] = []
        refused: list[str] = []
        for folder, run, said in self._elsewhere(wanted):
            try:
                found = self._in_folder(folder, run, wanted)
            except MediaRefused as error:
                refused.append(error.message)
                continue
            # Another ending is the same sequence only where it is as long.
            if found is not None and (not said.startswith(_OTHER_ENDING) or found.sequence.frames == run.count):
                fitting.append((found, said))
        alike = [one for one in fitting if one[1] == fitting[0][1]] if fitting else []
        if len(alike) > 1:
            told = [(found.path, f"{found.sequence.frames} pictures") for found, _ in alike]
            raise ambiguous(wanted.run.name if wanted.run else "", told)
        if not alike:
            nothing = f"{why}, and nothing of that name is under {self._roots.text}" if self._roots else why
            raise not_here(wanted.text, ". ".join([nothing, *refused[:3]]), fix=GIVE_ROOT)
        found, said = alike[0]
        return replace(found, moved=f"{said}, {found.sequence.frames} pictures from number {found.sequence.first}")

    def _elsewhere(self, wanted: Wanted) -> Iterator[tuple[Path, Numbered, str]]:
        """Folders under the roots that hold pictures of that name: first of the same ending, then of others."""
        run = (wanted.run or Numbered(prefix="", suffix="")).decoded()
        ending = Path(run.suffix).suffix.lower() or run.suffix.lower()
        others: list[tuple[Path, Numbered, str]] = []
        seen: set[tuple[Path, str]] = set()
        for path in self._roots.beginning(run.prefix):
            key = (path.parent, path.suffix)
            if key in seen or path.suffix.lower() not in PICTURES:
                continue
            seen.add(key)
            prefix = path.name[: len(run.prefix)] if run.prefix.isascii() else run.prefix
            form = replace(run, prefix=prefix, suffix=run.suffix[: len(run.suffix) - len(ending)] + path.suffix)
            if path.suffix.lower() == ending:
                yield path.parent, form, "the same name"
            else:
                others.append((path.parent, form, f"{_OTHER_ENDING} “{path.suffix}”"))
        yield from others


def refuse_unread(wanted: Wanted) -> None:
    """Raises MediaRefused for pictures that are not read, whether they are here or not."""
    run = wanted.run
    ending = Path(f"x{run.suffix}").suffix.lower() if run else ""
    if run is None or ending in PICTURES:
        return
    if ending in _LINEAR:
        raise MediaRefused(
            f"{wanted.text} is {ending[1:].upper()}: linear light, brighter than white where it was; engines are sent, and takes hold,"
            " pictures made for display",
            fix=_RENDER,
        )
    raise MediaRefused(
        f"{wanted.text} is of pictures that reperform does not read ({ending or 'no ending'})", fix=_RENDER
    )


def _first(run: Numbered, names: dict[int, str], wanted: Wanted) -> int | None:
    """The number of the first frame; None where none of the run is there."""
    if not names:
        return None
    if run.first is not None:
        if run.first in names or run.other_first not in names:
            return run.first if run.first in names or _any_in(run, run.first, names) else None
        return run.other_first
    # A name without numbers: the timeline's range may count in the numbers themselves.
    if wanted.available is not None and wanted.rate:
        counted = wanted.available.start * wanted.rate
        if counted.denominator == 1 and int(counted) in names:
            return int(counted)
    return min(names)


def _any_in(run: Numbered, first: int, names: dict[int, str]) -> bool:
    return any(first <= number < first + (run.count or 1 << 60) * run.step for number in names)


def _whole(run: Numbered, first: int, names: dict[int, str], folder: Path) -> range:
    """The numbers from the first on, without a gap, as far as the timeline says and beyond.

    Raises:
        MediaRefused: some are missing.

    """
    end = None if run.count is None else first + run.count * run.step
    numbers = sorted(n for n in names if n >= first and (n - first) % run.step == 0)
    gaps: list[str] = []
    last = first - run.step
    for number in numbers:
        if number != last + run.step:
            if end is not None and last + run.step >= end:
                break
            gaps.append(_span(last + run.step, number - run.step))
        last = number
    if gaps:
        raise MediaRefused(
            f"the image sequence “{folder / run.name}” is not whole: missing are {named(gaps)}",
            fix="Render or copy the missing pictures, or relink the clip.",
        )
    return range(first, last + 1, run.step)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _padding(run: Numbered, names: dict[int, str]) -> int:
    if run.padding is not None:
        return run.padding
    prefix, suffix = len(run.prefix), len(run.suffix)
    widths = {len(name) - prefix - suffix for name in names.values()}
    return widths.pop() if len(widths) == 1 else 0
