"""A take made again of the results it was made of, on other media of the same pictures. Nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass

from reperform.errors import ConformError
from reperform.ledger.records import Covered, Performed, Result, TakeRow
from reperform.linking.same_frames import refuse_other_shape
from reperform.media import identities
from reperform.model import Cue, PlanSettings, Shot, Take, TakeCue
from reperform.performing.making import Making
from reperform.performing.origins import Origin, Origins
from reperform.performing.sounding_anew import SoundsAnew, said
from reperform.timing import FrameRange

__all__ = ["making_on"]


def making_on(
    shot: Shot, row: TakeRow, origins: Origins, *, later: int, settings: PlanSettings, keeps_seam: bool = True
) -> tuple[Making, tuple[str, ...]]:
    """The take of `row`, as it is to be made for `shot`; and what is to be said of it.

    `shot` stands on the new media, and has no cues of its own: they are the take's. Frame n of the take's clock is frame
    n + `later` of the shot's. With `keeps_seam` its seams are as long as they were. The LUT is the one that its results were
    sent through; where they were sent as they are, that of `settings`, else the one that the take was made through.

    Raises:
        ConformError: what it was made of is not known any more, or was laid out at another pace since.
        MediaRefused: its results are of a picture of another shape; the new media cannot be read.

    """
    assert row.document is not None, "only finished takes are made again"
    take = Take.model_validate_json(row.document)
    parts = [_Part.of(cue, row, origins, later=later) for cue in take.cues]
    for part in parts:
        refuse_other_shape(part.origin.shot.source, shot.source)
    source = identities.source_identity(shot.source)
    sounds = SoundsAnew(shot, take, source=source)
    voiced = {part.cue.id: sounds.voiced(part.cue, part.performed_cue, part.origin, later=part.later) for part in parts}
    first = parts[0]
    own_sound = sounds.own(first.origin, later=first.later)
    cues = tuple((said(voiced[part.cue.id], part.cue), part.key, part.covered) for part in parts)
    then = first.origin.settings
    seam = {"seam_frames": then.seam_frames} if keeps_seam else {}
    lut = then.input_lut or settings.input_lut or origins.lut_of(take)
    making = Making(
        shot=shot.model_copy(update={"own_sound": own_sound, "cues": tuple(cue for cue, _, _ in cues)}),
        cues=cues,
        source=source,
        settings=settings.model_copy(update={**seam, "send_rate": then.send_rate, "input_lut": lut}),
        voiced=voiced,
        own_sound_around=sounds.own_is_around,
    )
    return making, tuple(sounds.notes)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One cue of a take, on the clock of the shot that it is made for."""

    cue: TakeCue
    key: str
    covered: tuple[Covered, ...]
    origin: Origin
    """Of its first result."""
    later: int
    """Frame n of the clock of then is frame n + `later` of the new shot's."""

    @classmethod
    def of(cls, cue: TakeCue, row: TakeRow, origins: Origins, *, later: int) -> _Part:
        whole, results = FrameRange(cue.in_frame, cue.frames), cue.result_id.split("+")
        mine = [p for p in row.performed if p.result_id in results and whole.contains(FrameRange(p.in_frame, p.frames))]
        if not mine:
            raise ConformError(f"the ledger does not say what {row.id} was made of", fix="Perform the shot again.")
        if any(p.paced for p in mine):
            raise ConformError(
                f"{row.id} was laid out anew when the shot's speed was changed, which cannot be done again on other media",
                fix="Conform the cut as it was performed, and `reperform reattach` the result to the cut with the new speed.",
            )
        covered = tuple(_covered(p, origins.of(p.result_id).result, whole.start) for p in sorted(mine))
        origin = origins.of(mine[0].result_id)
        return cls(
            cue=cue.model_copy(update={"in_frame": cue.in_frame + later}),
            key=cue.key,
            covered=covered,
            origin=origin,
            later=mine[0].anchor - origin.job.in_frame + later,
        )

    @property
    def range(self) -> FrameRange:
        return FrameRange(self.cue.in_frame, self.cue.frames)

    @property
    def performed_cue(self) -> Cue:
        """The cue as it was performed, on the new clock: the take's may be a part of it."""
        found = self.origin.cue_at(self.range.shifted(-self.later))
        if found is None:
            raise ConformError(f"the ledger does not say what was heard in {self.cue.id}", fix="Perform it again.")
        return found.model_copy(update={"in_frame": found.in_frame + self.later})


def _covered(performed: Performed, result: Result, cue_start: int) -> Covered:
    return Covered(
        result=result,
        cue_start=performed.in_frame - cue_start,
        result_start=performed.in_frame - performed.anchor - result.first_frame,
        frames=performed.frames,
    )
