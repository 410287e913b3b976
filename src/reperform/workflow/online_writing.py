"""The online timeline in its place: its clips on the online media, with the takes that were made on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reperform.workflow.saving import SavedCut, Target, save_cut

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.cut import Cut
    from reperform.workflow.relinked import Relinked
    from reperform.workflow.remaking import Remade

__all__ = ["write_online"]


def write_online(
    cut: Cut, shots: Sequence[Remade], relinked: Sequence[Relinked], ledger: Ledger, target: Target
) -> SavedCut:
    """Writes the cut. Its own objects are changed.

    Raises:
        InputError: it cannot be written there.

    """
    from reperform.timeline.retaking import exchange_takes
    from reperform.workflow.relinked import relink_all

    relink_all(relinked, cut, for_=target.for_)
    _tell_apart(shots)
    exchange_takes(cut.timeline, {each.shot.id: each.exchanged for each in shots})
    written = save_cut(
        cut,
        target,
        shots=[each.shot for each in shots],
        takes={each.shot.id: each.by_preference for each in shots},
        chosen={},
        input_path=cut.path,
        ledger=ledger,
    )
    _keep_choices(shots, written.chosen, ledger)
    return written


def _tell_apart(shots: Sequence[Remade]) -> None:
    """A clip that an editor has copied says that it is the same shot as the other: it is one of its own."""
    from reperform.timeline import records

    for each in shots:
        record = each.clip.record
        if record is not None and record.shot != each.shot.id:
            records.write(each.clip.placed.clip, record.model_copy(update={"shot": each.shot.id}))


def _keep_choices(shots: Sequence[Remade], chosen: Mapping[str, str | None], ledger: Ledger) -> None:
    """What a person chose in the offline cut is chosen in the online one."""
    from reperform.ledger.choices import chosen_among
    from reperform.media.identities import source_identity

    for each in shots:
        record = each.clip.record
        if record is None or record.chosen_by != "person" or chosen.get(each.shot.id) is None:
            continue
        take = chosen[each.shot.id]
        wanted = None if take == "original" else take
        identity = chosen_among(source_identity(each.shot.source), each.shot.clock)
        visible = each.shot.media.visible
        known = ledger.choices.chosen(identity, visible, shot=each.shot.id)
        if known is None or known.take_id != wanted:
            ledger.choices.choose(identity, visible, wanted, shot=each.shot.id)
