"""Choosing a take, so that the next run keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.storage import Storage
    from reperform.timeline.choosing import Finish, Selected
    from reperform.timeline.saving import Saved

__all__ = ["put", "select", "select_all"]


def select(
    out: Path, clip: str, take: str, *, project: Path | None = None, storage: Storage | None = None
) -> tuple[Selected, bool]:
    """Choose a take of a clip, or its original, in a timeline that `run` wrote: what was chosen, and whether the project's
    ledger remembers it for the next run. `storage` is as `Ledger.open` takes it.

    Raises:
        TimelineError: not a timeline that we wrote, or no such shot or take in it.
        LedgerError: the ledger cannot be read or written.

    """
    selected, remembered = select_all(out, [(clip, take)], project=project, storage=storage)
    return selected[0], remembered


def select_all(
    out: Path, wanted: Sequence[tuple[str, str]], *, project: Path | None = None, storage: Storage | None = None
) -> tuple[tuple[Selected, ...], bool]:
    """As `select`, for several clips and their takes at once; whether the ledger remembers all of them."""
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.timeline import choosing

    ledger = Ledger.existing(find_project(out, project), storage)
    if ledger is None:
        return choosing.select_all(out, wanted), False
    with ledger:
        selected = choosing.select_all(out, wanted, last_written=ledger.outputs.digests_in(out.parent))
        remembered = [_remember(each, out, ledger) for each in selected]
        return selected, all(remembered)


def put(out: Path, chosen: Mapping[str, str], *, ledger: Ledger, finish: Finish) -> Saved:
    """Puts takes, or originals, into the cut, by the ids of shots and takes; the version from before is kept in any case.

    `finish` is as `timeline.choosing.put` takes it.

    Raises:
        TimelineError: not a timeline that we wrote, or no such shot or take in it.

    """
    from reperform.timeline import choosing

    saved, selected = choosing.put(out, chosen, finish=finish)
    ledger.outputs.note(out, saved.sha256)
    for each in selected:
        _remember(each, out, ledger)
    return saved


def _remember(selected: Selected, out: Path, ledger: Ledger) -> bool:
    from reperform.ledger.choices import chosen_among
    from reperform.timeline.choosing import ORIGINAL
    from reperform.timing import FrameRange

    ledger.outputs.note(out, selected.saved.sha256)
    take = None if selected.take == ORIGINAL else selected.take
    if selected.source_identity is None or (take and take not in {row.id for row in ledger.takes.all()}):
        return False
    visible = FrameRange(selected.in_frame, selected.frames)
    identity = chosen_among(selected.source_identity, selected.clock)
    ledger.choices.choose(identity, visible, take, shot=selected.shot)
    return True
