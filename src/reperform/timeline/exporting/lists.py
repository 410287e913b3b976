"""The lists of takes that stand beside a timeline: which files, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Problem

if TYPE_CHECKING:
    from reperform.timeline.takes import Written

__all__ = ["Lists", "made_lists"]


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Files beside a timeline, not yet saved."""

    texts: Mapping[Path, str]
    notes: tuple[Problem, ...] = ()


def made_lists(written: Written, out: Path, wanted: Sequence[str]) -> Lists:
    """The lists of the takes in the first timeline: `cut_RP.edl`, `cut_RP.ale`; further ones are numbered, or named by rate."""
    texts: dict[Path, str] = {}
    notes: list[Problem] = []
    cut = written.facts.cut
    if "edl" in wanted:
        from reperform.timeline.exporting.edl import edl

        files, said = edl(written.listed, cut, title=out.stem)
        notes += said
        for number, text in enumerate(files, start=1):
            texts[out.with_name(f"{out.stem}{f'_{number}' if number > 1 else ''}.edl")] = text
    if "ale" in wanted:
        from reperform.timeline.exporting.ale import ale, spelled_fps

        heights = {source.height for source in written.facts.sources.values() if source.height}
        logs = ale(written.listed, cut, height=heights.pop() if len(heights) == 1 else None)
        for rate, text in logs.items():
            ending = "" if rate == next(iter(logs)) else f"_{spelled_fps(rate)}"
            texts[out.with_name(f"{out.stem}{ending}.ale")] = text
    return Lists(texts=texts, notes=tuple(dict.fromkeys(notes)))
