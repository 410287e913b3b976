"""Paid results stand for the same cues on other media: a run there finds them, and pays nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from reperform.errors import ReperformError
from reperform.ledger import adopting
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Covered, FrameDigests
from reperform.media import fingerprints
from reperform.media.viewing.choosing import is_seen_otherwise, viewing_of
from reperform.model import Cue, Shot
from reperform.performing.making import Making, anchor
from reperform.performing.origins import Origin, Origins
from reperform.performing.terms import Planner
from reperform.performing.wanting import paid_takes, quick_key, wanted_by
from reperform.timing import FrameRange

__all__ = ["note_paid_on", "stand_for"]


def stand_for(making: Making, ledger: Ledger, origins: Origins) -> None:
    """Note what the results of a take that was made on other media answer there: all that they were performed for, as far
    as the new media and the shot's map reach, with the voices that were heard.

    Raises:
        MediaRefused, MediaError: the new picture or a voice cannot be read.
        LedgerError: the ledger cannot be written.

    """
    for cue, _, covered in making.cues:
        performed = making.voiced[cue.id]
        for each in covered:
            claimed = _claimed(cue, each)
            there = claimed.intersection(performed.range).intersection(_readable(making.shot))
            if there.frames:
                found = fingerprints.cue_digests(making.shot, performed, there)
                digests = FrameDigests.of(found.picture, found.voice)
                viewing = _laid_through(making, origins.of(each.result.id))
                if ledger.results.stand_for(each.result.key, there.start - claimed.start, digests, viewing=viewing):
                    _publish(each.result.attempt_id, ledger)


def note_paid_on(shots: Sequence[Shot], planner: Planner, ledger: Ledger) -> None:
    """Note the quick keys of these shots' cues that are paid, so that a plan says so and a run need not ask.

    What cannot be read is passed over: the full keys are looked at before paying in any case.
    """
    for shot in shots:
        with suppress(ReperformError, OSError):
            for wanted in wanted_by(shot, planner, ledger.results, another=()):
                if takes := paid_takes(wanted, ledger.results):
                    ledger.results.note_quick_key(quick_key(shot, wanted.cue, planner), takes)


def _laid_through(making: Making, origin: Origin) -> str | None:
    """The view of the new media that what was sent as it is stored is laid in through; what was sent through a view counts with it."""
    if is_seen_otherwise(origin.shot.source, origin.settings.input_lut):
        return None
    viewing = viewing_of(making.shot.source, making.settings.input_lut)
    return None if viewing is None else viewing.digest


def _publish(attempt_id: str, ledger: Ledger) -> None:
    """The other machines of a shared project must know it too."""
    if ledger.shares.on:
        ledger.shares.publish(attempt_id, adopting.document(ledger, attempt_id))


def _claimed(cue: Cue, covered: Covered) -> FrameRange:
    """The frames, on the shot's clock, of all that a result was claimed for: the cue of a take may be a part of it."""
    result = covered.result
    return FrameRange(anchor(cue, covered) + result.first_frame, result.digests.frames)


def _readable(shot: Shot) -> FrameRange:
    """The frames of the shot's clock that its media and its map have."""
    return shot.source.range if shot.clock == "media" else shot.media.with_handles
