"""Takes made again on other media, of the results that they were made of."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import Interrupted, MediaRefused, ReperformError
from reperform.model import InputLut, Place, PlanSettings, Problem, Shot, Take
from reperform.workflow.relinked import Relinked

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.performing.origins import Origins
    from reperform.timeline.cut import Index
    from reperform.workflow.taken import TakenClip

__all__ = ["Remade", "Remaking", "shot_on"]


@dataclass(kw_only=True)
class Remade:
    """A clip with takes, on its online media."""

    clip: TakenClip
    shot: Shot
    online: Relinked
    rows: tuple[TakeRow, ...]
    """The takes to be made again, in that order."""
    takes: dict[str, Take] = field(default_factory=dict)
    """Those that were, by the ids of the earlier ones."""

    @property
    def new_takes(self) -> tuple[Take, ...]:
        """Those that were, in the order of their keys, each once."""
        return _once(self.takes[take] for take in self.clip.takes if take in self.takes)

    @property
    def by_preference(self) -> tuple[Take, ...]:
        """The same, the one that stood in the cut last: the best."""
        return _once(self.takes[take] for take in reversed(self.clip.chosen_first) if take in self.takes)

    @property
    def exchanged(self) -> dict[str, Take | None]:
        """The new take for each earlier one; None for those that were not made again, or are the same take as a better one."""
        stand: dict[str, str] = {}
        for earlier in self.clip.chosen_first:
            if earlier in self.takes:
                stand.setdefault(self.takes[earlier].id, earlier)
        return {take: self.takes[take] if take in stand.values() else None for take in self.clip.takes}

    def later(self, row: TakeRow) -> int:
        """Frame n of the earlier take's clock is frame n + this of the shot's. Raises MediaRefused where that cannot be said."""
        from reperform.linking.same_frames import frames_later

        record = self.clip.record
        if self.shot.clock == "record":
            return self.shot.media.in_frame - (record.in_frame if record else row.in_frame + self.shot.media.head)
        assert row.document is not None, "only finished takes are made again"
        take = Take.model_validate_json(row.document)
        first = (take.start_frame or 0) - take.in_frame
        offline = self.online.offline.source
        if not first and offline.start_frame is None:
            return self.online.online.later
        then = offline.model_copy(update={"start_frame": first, "drop_frame": take.drop_frame, "rate": take.rate})
        return frames_later(then, self.shot.source)


def _once(takes: Iterable[Take]) -> tuple[Take, ...]:
    return tuple({take.id: take for take in takes}.values())


class Remaking:
    """Makes takes, as many at once as there are processors, and those of one file one after the other."""

    def __init__(
        self,
        ledger: Ledger,
        origins: Origins,
        settings: PlanSettings,
        *,
        keeps_seam: bool,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._ledger, self._origins, self._settings = ledger, origins, settings
        self._keeps_seam, self._say = keeps_seam, say
        self.made: list[str] = []
        """Ids of the takes that were not there before."""
        self.problems: list[Problem] = []

    def all(self, shots: Sequence[Remade]) -> None:
        """Every take of these shots; of each shot the first of its takes before the second of any.

        Raises:
            Interrupted: stopped; what was made is kept.

        """
        for rank in range(max((len(each.rows) for each in shots), default=0)):
            by_file: dict[Path, list[Remade]] = defaultdict(list)
            for each in shots:
                if rank < len(each.rows):
                    by_file[each.shot.source.path].append(each)
            self._at_once([partial(self._one_by_one, group, rank) for group in by_file.values()])

    def _at_once(self, work: Sequence[Callable[[], None]]) -> None:
        with ThreadPoolExecutor(max_workers=max(1, min(len(work), os.cpu_count() or 1))) as pool:
            running = [pool.submit(each) for each in work]
            try:
                for future in running:
                    future.result()
            except KeyboardInterrupt as error:
                pool.shutdown(cancel_futures=True)
                fix = "The same command goes on from here; the takes that were made are kept."
                raise Interrupted("stopped", fix=fix) from error

    def _one_by_one(self, shots: Sequence[Remade], rank: int) -> None:
        from reperform.performing.performed import problem_of

        for each in shots:
            try:
                if not rank:
                    self._compare(each)
                self._one(each, each.rows[rank])
            except ReperformError as error:
                self.problems.append(problem_of(each.shot, error))

    def _compare(self, each: Remade) -> None:
        """Says where the online pictures look otherwise than those that were performed: the takes would stand out."""
        from reperform.media.likeness import unlike
        from reperform.media.viewing.cube import cube_of

        offline, later, media = each.online.offline.source, each.online.online.later, each.shot.media
        shown = media.map[media.head :][: media.frames] if media.map else range(media.in_frame, media.visible.end)
        try:
            lut = self._laid_through(each.rows[0])
            numbers, viewing = [frame - later for frame in shown], cube_of(lut) if lut else None
            said = unlike(offline, each.shot.source, frames=numbers, later=later, viewing=viewing)
        except ReperformError:
            return  # it is not here, or not as it was: there is nothing to compare with
        if said:
            where = Place(track=each.shot.track, clip=each.shot.clip, timecode=each.shot.record.in_)
            fix = (
                "Name the LUT that shows the online media as the proxies are (--input-lut); else cut and perform on proxies"
                " that look as it does: without burnt-in text, a look or a LUT."
            )
            self.problems.append(Problem(severity="warning", where=where, message=said, fix=fix))

    def _one(self, each: Remade, row: TakeRow) -> None:
        from reperform.performing import taking
        from reperform.performing.performed import problems_with
        from reperform.performing.rebuilding import making_on
        from reperform.performing.standing_in import stand_for

        making, notes = making_on(
            each.shot,
            row,
            self._origins,
            later=each.later(row),
            settings=self._settings,
            keeps_seam=self._keeps_seam,
        )
        made = taking.make(making, self._ledger)
        stand_for(making, self._ledger, self._origins)
        warnings = (*made.warnings, *notes) if made.new else notes
        self.problems += problems_with(made.take, making.shot, warnings)
        if made.new:
            self.made.append(made.take.id)
            self._say(made.take.path.name)
        if made.take.passed:
            each.takes[row.id] = made.take

    def _laid_through(self, row: TakeRow) -> InputLut | None:
        """The LUT by which results that were sent as they are become pictures of the online media."""
        if self._origins.of(row.performed[0].result_id).settings.input_lut is not None:
            return None
        assert row.document is not None, "only finished takes are made again"
        return self._settings.input_lut or self._origins.lut_of(Take.model_validate_json(row.document))


def shot_on(clip: TakenClip, online: Relinked, index: Index, *, handles: int) -> Shot:
    """The clip as a shot on its online media, without cues.

    Raises:
        MediaRefused: it shows other frames than its takes were made for, or the timeline does not say which.

    """
    from reperform.timeline.one_shot import shot_of
    from reperform.timeline.own_sound import OwnSound

    seen = online.seen(index.cut, handles=handles)
    in_cut = bool(clip.record and clip.record.voice_in_cut)
    bare = shot_of(clip.shot, clip.placed, index.cut, seen=seen, own=OwnSound(heard=()), cues=(), voice_in_cut=in_cut)
    shot = bare.model_copy(update={"linked_audio": _linked_sound(clip, index)})
    _refuse_other_frames(clip, shot, later=online.online.later)
    return shot


def _linked_sound(clip: TakenClip, index: Index) -> tuple[tuple[int, ...], ...]:
    """Addresses of the sound that was linked to it when it was written."""
    from reperform.timeline.records import SoundRecord, read

    if clip.record is None:
        return ()
    sounds = ((each, read(each.clip, SoundRecord)) for each in index.clips if each.track.kind == "audio")
    return tuple(each.address for each, record in sounds if record and record.picture == clip.record.shot)


def _refuse_other_frames(clip: TakenClip, shot: Shot, *, later: int) -> None:
    """A retimed clip's takes show its frames one for one: after another retime they show something else."""
    from reperform.timeline.recording import clip_record_of

    before = clip.record
    if before is None or (before.clock == "media" and shot.clock == "media"):
        return
    offline = tuple(frame - later for frame in shot.media.map or ())
    then = shot.model_copy(update={"media": shot.media.model_copy(update={"map": offline or None})})
    if before.clock != shot.clock or clip_record_of(then, before.original).shown != before.shown:
        raise MediaRefused(
            "it shows other frames than its takes were made for",
            fix="Bring them to the cut as it is now with `reperform reattach`.",
        )
