"""The online media of what was cut offline: the same reel, timecode and rate, in whatever raster, codec and folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.linking.candidates import told_apart
from reperform.linking.clocks import clock, timecode_seconds
from reperform.linking.linked import Prober
from reperform.linking.offline import Offline
from reperform.linking.online_matched import BEGIN, END, Matched, stem_of
from reperform.linking.online_runs import OnlineRuns
from reperform.linking.refusals import ambiguous, refuse_interlaced, refuse_raw, refuse_without_movement
from reperform.linking.same_frames import frames_later, refuse_missing, refuse_other_rate, refuse_other_shape
from reperform.model import Source
from reperform.timeline.locations import refuse_by_name
from reperform.timeline.media_roots import MediaRoots
from reperform.timing import FrameRange

__all__ = ["Matched", "OnlineMedia"]

By = Literal["name", "any"]
"""What made a file a candidate: its name, or only that it lies there."""

_PLAIN = re.compile(r"[^a-z0-9]+")
_MOST_REFUSED = 3
_NO_TIMECODE = "neither has timecode: name and length are all that shows that it is the same"
_FIX = "Give --media-root a folder that holds its media of the same reel, timecode and rate."


class _Rank(IntEnum):
    """What a file has in common with the offline media, besides rate and timecode; the best first."""

    REEL_AND_NAME = 1
    REEL = 2
    NAME = 3


class OnlineMedia:
    """The movies under some folders; each is opened once, and only where its name speaks for it or nothing else fits."""

    def __init__(self, folders: Sequence[Path], prober: Prober) -> None:
        self._roots = MediaRoots(folders)
        self._runs = OnlineRuns(self._roots, prober)
        self._prober = prober
        self._opened: dict[Path, Source | InputError | MediaError] = {}
        self._by_name: dict[tuple[str, tuple[str, ...]], tuple[Path, ...]] = {}

    def match(self, offline: Offline, needed: FrameRange) -> Matched:
        """The movie that holds `needed`, frames of the offline media.

        Raises:
            MediaRefused: none does, or several do equally; the message says of each why not.
            SettingsError: a folder is none.

        """
        by_name = self._named(offline)
        for by, paths in (("name", by_name), ("any", self._others(by_name))):
            fitting, refused = self._judged(offline, needed, paths, by)  # type: ignore[arg-type]  # the two words
            if by == "name":
                runs, more = self._runs.judged(offline, needed)
                fitting += [(_Rank.NAME, run) for run in runs]
                refused += more
            if fitting:
                return _best(offline, fitting)
            if refused:
                raise MediaRefused(
                    f"no online media for “{offline.name}”: {'. '.join(refused[:_MOST_REFUSED])}", fix=_FIX
                )
        if any(_is_same_file(path, offline.source.path) for path in by_name):
            doubt = "it is what the clip is linked to already, and no other there has its name or reel"
            return Matched(source=offline.source, later=0, agrees=("linked already",), doubt=doubt)
        said = f"reel {' or '.join(offline.reels)}" if offline.reels else "a reel that the offline media does not have"
        raise MediaRefused(
            f"no online media for “{offline.name}”: nothing under {self._roots.text} has its name, or {said}", fix=_FIX
        )

    def _judged(
        self, offline: Offline, needed: FrameRange, paths: Iterable[Path], by: By
    ) -> tuple[list[tuple[_Rank, Matched]], list[str]]:
        fitting: list[tuple[_Rank, Matched]] = []
        refused: list[str] = []
        for path in paths:
            if _is_same_file(path, offline.source.path):
                continue
            try:
                alike = _Alike.of(self._open(path), offline)
                if alike.reel or (by == "name" and (alike.name or alike.reel_in_name)):
                    fitting.append(_judge(self._open(path), offline, needed, alike=alike))
            except (InputError, MediaError) as error:
                # Of all that lies there, only what has its name or its reel is worth a word.
                if by == "name" or isinstance(self._opened.get(path), Source):
                    refused.append(f"{path} is not it: {error.message}")
        return fitting, refused

    def _named(self, offline: Offline) -> tuple[Path, ...]:
        """The files whose name begins as its own does, whatever the ending, and those with its reel in theirs."""
        key = (offline.name, offline.reels)
        if key not in self._by_name:
            found = self._roots.beginning(stem_of(offline.name))
            for word in offline.reels:
                found += self._roots.holding(word)
            self._by_name[key] = tuple(path for path in dict.fromkeys(found) if path in self._movies)
        return self._by_name[key]

    def _others(self, known: Sequence[Path]) -> Iterator[Path]:
        seen = frozenset(known)
        return (path for path in self._movies if path not in seen)

    @cached_property
    def _movies(self) -> dict[Path, None]:
        return dict.fromkeys(self._roots.movies())

    def _open(self, path: Path) -> Source:
        known = self._opened.get(path)
        if known is None:
            known = self._opened[path] = self._try(path)
        if isinstance(known, Exception):
            raise known
        return known

    def _try(self, path: Path) -> Source | InputError | MediaError:
        try:
            refuse_by_name(path.name)
            source = self._prober(path)
            refuse_raw(source)
        except (InputError, MediaError) as error:
            return error
        return source


@dataclass(frozen=True, slots=True)
class _Alike:
    """What a file has in common with the offline media by what it is called."""

    reel: bool
    name: bool
    """Its name, or that with a tail; whatever marks a proxy does not count."""
    reel_in_name: bool

    @classmethod
    def of(cls, source: Source, offline: Offline) -> _Alike:
        stem = source.path.stem.casefold()
        return cls(
            reel=source.reel is not None and _plain(source.reel) in {_plain(reel) for reel in offline.reels},
            name=re.match(re.escape(stem_of(offline.name)) + END, stem) is not None,
            reel_in_name=any(re.search(f"{BEGIN}{re.escape(reel.casefold())}{END}", stem) for reel in offline.reels),
        )

    @property
    def rank(self) -> _Rank:
        """Of a file in which all else agrees."""
        if not self.reel:
            return _Rank.NAME
        return _Rank.REEL_AND_NAME if self.name else _Rank.REEL

    def said(self, source: Source) -> list[str]:
        """In words."""
        if self.reel:
            return [f"reel {source.reel}", *(["its name"] if self.name else [])]
        return ["its name"] if self.name else ["the reel in its name"]


def _judge(source: Source, offline: Offline, needed: FrameRange, *, alike: _Alike) -> tuple[_Rank, Matched]:
    """The file as a candidate. Raises MediaRefused where it is not the same."""
    refuse_without_movement(source)
    refuse_interlaced(source)
    refuse_other_rate(offline.source, source)
    if not alike.reel:
        _refuse_other_reel(source, offline)
    later = frames_later(offline.source, source)
    refuse_missing(needed, offline.source, source)
    refuse_other_shape(offline.source, source)
    start = timecode_seconds(source)
    matched = Matched(
        source=source.model_copy(update={"reel": source.reel or next(iter(offline.reels), None)}),
        later=later,
        agrees=(*alike.said(source), *([] if start is None else [f"timecode from {clock(start, source)}"])),
        doubt=_NO_TIMECODE if start is None else None,
    )
    return alike.rank, matched


def _best(offline: Offline, fitting: Sequence[tuple[_Rank, Matched]]) -> Matched:
    best = min(rank for rank, _ in fitting)
    chosen = [matched for rank, matched in fitting if rank == best]
    if len(chosen) > 1:
        raise ambiguous(offline.name, told_apart([matched.source for matched in chosen]))
    return chosen[0]


def _refuse_other_reel(source: Source, offline: Offline) -> None:
    """Raises MediaRefused for another reel. Cameras and transcoders write `A001` and `A001C003_1120_R1AB` for one and the same."""
    if source.reel is None or not offline.reels:
        return
    own = _plain(source.reel)
    if not any(own.startswith(_plain(reel)) or _plain(reel).startswith(own) for reel in offline.reels):
        raise MediaRefused(f"its reel is {source.reel}, and that of the offline media {offline.reels[0]}")


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.casefold())


def _is_same_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
