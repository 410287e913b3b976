"""What a shot wants performed: its cues by content, how many takes of each, and what of that is paid already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reperform.ledger.records import Covered, FrameDigests, Piece
from reperform.ledger.results import Results
from reperform.media import fingerprints
from reperform.media.fingerprints import CueDigests
from reperform.media.kept_open import OpenMedia
from reperform.model import Cue, Shot
from reperform.performing.terms import Planner
from reperform.timing import FrameRange

__all__ = ["MOST_TAKES", "Wanted", "laid_out", "paid_takes", "quick_key", "wanted_by"]

MOST_TAKES = 999
"""Of one cue; as many as a take's name has room for."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A cue by content. `takes` is how many are asked for."""

    cue: Cue
    engine: str
    model: str
    parameters: Mapping[str, Any]
    digests: CueDigests
    takes: int

    def piece(self, part: FrameRange, take_number: int, *, output: int = 0, first_frame: int = 0) -> Piece:
        """What is claimed for a part of the cue, in frames of the shot's clock."""
        digests = self.digests.part(part.start - self.cue.in_frame, part.frames)
        key = fingerprints.claim_key(
            engine=self.engine, model=self.model, parameters=self.parameters, digests=digests, take_number=take_number
        )
        return Piece(
            key=key,
            engine=self.engine,
            model=self.model,
            parameters=_digest(self.parameters),
            take_number=take_number,
            digests=FrameDigests.of(digests.picture, digests.voice),
            output=output,
            first_frame=first_frame,
            viewing=self._viewing,
            unviewed=_digest(_without_view(self.parameters)) if self._viewing else None,
        )

    @property
    def _viewing(self) -> str | None:
        sent = self.parameters.get("like", self.parameters)
        viewing: str | None = sent.get("viewing")
        return viewing

    def whole(self, take_number: int) -> Piece:
        """The claim on all of the cue."""
        return self.piece(self.cue.range, take_number)


def wanted_by(shot: Shot, planner: Planner, results: Results, *, another: Collection[str]) -> tuple[Wanted, ...]:
    """The cues of a shot. Those named in `another` get one take more than are paid.

    Raises:
        MediaRefused, MediaError: a picture or a voice cannot be read.
        SettingsError: an engine, a model or a file of boxes does not exist.

    """
    found = []
    for cue in shot.cues:
        target = planner.target(cue)
        wanted = Wanted(
            cue=cue,
            engine=target.performer,
            model=target.performer_model,
            parameters=planner.parameters(shot, cue),
            digests=fingerprints.cue_digests(shot, cue),
            takes=cue.direction.takes or 1,
        )
        found.append(wanted if cue.id not in another else _one_more(wanted, results))
    return tuple(found)


def quick_key(shot: Shot, cue: Cue, planner: Planner, files: OpenMedia | None = None) -> str:
    """The plan's key of a cue: cheap to make, and not what is paid by. `files` stay open for the next cue.

    Raises:
        MediaRefused, MediaError, SettingsError: as `wanted_by`.

    """
    target = planner.target(cue)
    parameters = {
        "engine": target.performer,
        "model": target.performer_model,
        "parameters": planner.parameters(shot, cue),
    }
    return fingerprints.quick_key(shot, cue, parameters, files)


def paid_takes(wanted: Wanted, results: Results) -> int:
    """How many takes of the cue are paid, without a gap from the first."""
    return next(number for number in range(MOST_TAKES + 1) if not results.answering(wanted.whole(number + 1)))


def _one_more(wanted: Wanted, results: Results) -> Wanted:
    return replace(wanted, takes=max(wanted.takes, paid_takes(wanted, results) + 1))


def _without_view(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the same cue of media that are stored as they are shown; a preview's hold those of what it stands for."""
    left = {name: value for name, value in parameters.items() if name != "viewing"}
    return left | {"like": _without_view(left["like"])} if "like" in left else left


def _digest(parameters: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).hexdigest()


def laid_out(covered: tuple[Covered, ...], *, seam: int) -> tuple[Covered, ...]:
    """Results end to end over a cue, sharing no more than `seam` frames where they meet."""
    trimmed = list(covered)
    for number in range(1, len(trimmed)):
        before, after = trimmed[number - 1], trimmed[number]
        shared = before.cue_start + before.frames - after.cue_start
        spare = max(0, shared - seam)
        head = spare // 2
        trimmed[number - 1] = replace(before, frames=before.frames - (spare - head))
        trimmed[number] = replace(
            after, cue_start=after.cue_start + head, result_start=after.result_start + head, frames=after.frames - head
        )
    return tuple(trimmed)
