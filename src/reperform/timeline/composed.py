"""What is composed: the job, and one timeline with what was done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import opentimelineio as otio

from reperform.model import Place, Problem
from reperform.timeline.addresses import address_of
from reperform.timeline.alternates import Alternates, Entry
from reperform.timeline.collecting import Given
from reperform.timeline.cut import Cut
from reperform.timeline.editors import EDITORS, Editor, Style
from reperform.timeline.recognising import names_of

__all__ = ["Composed", "Job", "Sound"]

Sound = Literal["keep", "take"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be written."""

    cut: Cut
    for_: str
    sound: Sound | None
    folder: Path
    """Where the new timeline will stand."""
    given: Sequence[Given]
    chosen: Mapping[str, str | None]

    @property
    def editor(self) -> Editor:
        """Whom it is written for."""
        return EDITORS[self.for_]

    @property
    def names(self) -> dict[str, str]:
        """File names of the known takes, with their ids."""
        return {name: take.id for item in self.given for take in item.takes for name in names_of(take)}

    def address(self, entry: Entry) -> str:
        """Where the take's file lies, as the new timeline says it."""
        if entry.path is None:
            return entry.address
        return address_of(entry.path, folder=self.folder, for_=self.for_)


@dataclass(kw_only=True)
class Composed:
    """One timeline, and what was done to it."""

    job: Job
    timeline: otio.schema.Timeline
    styles: tuple[Style, ...]
    alternates: list[Alternates]
    notes: list[Problem] = field(default_factory=list)
    most: int = 1
    """Takes of the clip that has most."""

    def note(self, alternates: Alternates, message: str) -> None:
        """Something the user should know of one shot."""
        record = alternates.record
        track = record.shot.rpartition("@")[0] or None
        where = Place(track=track, clip=alternates.clip.name or None, timecode=record.record_in)
        self.notes.append(Problem(severity="note", where=where, message=message))
