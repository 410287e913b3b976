"""What a take is made of, and whether one that is there already is it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reperform.ledger.choices import chosen_among
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Covered, Performed, TakeRow
from reperform.media import recipes
from reperform.media.viewing.cube import cube_of
from reperform.model import Cue, PlanSettings, Shot
from reperform.planning.targets import PREVIEW
from reperform.timing import FrameRange

__all__ = ["Making", "anchor", "picture_identity", "takes_of"]


@dataclass(frozen=True, kw_only=True)
class Making:
    """One take to be made: which results stand where. Frames count on the shot's clock, ranges are half-open."""

    shot: Shot
    cues: tuple[tuple[Cue, str, tuple[Covered, ...]], ...]
    """Each cue, its claim's key, and the paid results that answer it, in order."""
    source: str
    """`file_identity` of the original."""
    settings: PlanSettings
    voiced: Mapping[str, Cue] = field(default_factory=dict)
    """By the id of a cue that is a part of a longer one: that one, as whose part its voice is laid."""
    own_sound_around: bool = False
    """The original has no sound: the shot's own, of another file, is heard outside the cues."""

    @property
    def range(self) -> FrameRange:
        """What the take covers."""
        return self.shot.media.with_handles

    @property
    def performed(self) -> tuple[Performed, ...]:
        """Where which result stands."""
        return tuple(
            Performed(
                in_frame=cue.in_frame + each.cue_start,
                frames=each.frames,
                result_id=each.result.id,
                anchor=anchor(cue, each),
                paced=each.remapped is not None,
            )
            for cue, _, covered in self.cues
            for each in covered
        )

    @property
    def is_sequence(self) -> bool:
        """Whether the take is an image sequence: a folder of pictures, not a file."""
        return self.shot.source.sequence is not None and recipes.same_as(self.shot.source) is not None

    @property
    def is_preview(self) -> bool:
        """Whether anything in it is a preview."""
        return any(each.result.engine == PREVIEW for _, _, covered in self.cues for each in covered)

    @property
    def shaping(self) -> PlanSettings:
        """The settings that shape the file. Where the original's packets are copied, no mezzanine does; and a preview, which
        only stands in for a performance, is its whole picture: to look for what changed takes longer than to make it.
        """
        copied = recipes.same_as(self.shot.source) is not None
        update: dict[str, object] = {"mezzanine": PlanSettings().mezzanine} if copied else {}
        if self.is_preview:
            update["composite"] = "whole"
        return self.settings.model_copy(update=update)

    @property
    def conforming(self) -> str:
        """Digest of the settings that shape the file."""
        shaping = self.shaping
        # Takes from before there was a choice show whole frames.
        composite = {"composite"} if shaping.composite != "whole" else set()
        sound = {"match_sound"} if self.settings.match_sound else set()
        said = shaping.model_dump(mode="json", include={"seam_frames", "mezzanine", "reel", *composite, *sound})
        said |= {"viewing": cube_of(self.settings.input_lut).digest} if self.settings.input_lut else {}
        # Takes of image sequences were movies once.
        return _digest(said | ({"pictures": "files"} if self.is_sequence else {}))

    @property
    def identity(self) -> str:
        """Equal for takes that would be the same file but for its number."""
        return _digest(
            {
                "picture": picture_identity(self.shot, self.source),
                "range": [self.range.start, self.range.frames],
                "performed": [each.as_dict() for each in self.performed],
                "conforming": self.conforming,
            }
        )

    def made_already(self, ledger: Ledger) -> TakeRow | None:
        """A finished take that shows the same in all of the visible range, with all the handles: the shot was only trimmed."""
        exact = ledger.takes.by_identity(self.identity)
        if exact is not None:
            return exact if exact.document is not None else None
        mine = _seen(self.performed, self.shot.media.visible)
        # The oldest: a take that is made for a longer use of the same media does not displace it.
        rows = ledger.takes.of_source(picture_identity(self.shot, self.source))
        return next(
            (
                row
                for row in rows
                if row.settings == self.conforming
                and row.range.contains(self.range)
                and _seen(row.performed, self.shot.media.visible) == mine
            ),
            None,
        )

    def shown_by(self, row: TakeRow) -> bool:
        """Whether a take covers all of the visible range, and shows there just this."""
        visible = self.shot.media.visible
        return row.range.contains(visible) and _seen(row.performed, visible) == _seen(self.performed, visible)


def anchor(cue: Cue, covered: Covered) -> int:
    """The frame of the shot's clock that the result file's first frame stands for; of a remapped one, its first entry."""
    if covered.remapped is not None:
        return covered.remapped.first
    return cue.in_frame + covered.cue_start - covered.result_start - covered.result.first_frame


def picture_identity(shot: Shot, source: str) -> str:
    """The original as this shot shows it: its file, and where the shot is retimed also the map and the place in the cut."""
    if shot.clock == "media":
        return source
    return f"{source}#{_digest([shot.media.in_frame, shot.media.map])}"


def takes_of(shot: Shot, source: str, ledger: Ledger, *, answering: Collection[str] = ()) -> tuple[TakeRow, ...]:
    """The finished takes that can stand for this shot, oldest first: they cover what is visible, and perform some of its cues.

    Of several that show the same, made for shots of another length, the one among `answering` (ids of takes that answer
    the marks as they are), else the newest; and one that was chosen.
    """
    visible = shot.media.visible
    rows = [row for row in ledger.takes.of_source(picture_identity(shot, source)) if _can_stand_for(row, shot)]
    by_rank = sorted(rows, key=lambda row: row.id in answering)
    newest = {(_seen(row.performed, visible), row.settings): row.id for row in by_rank}
    choice = ledger.choices.chosen(chosen_among(source, shot.clock), visible)
    kept = {*newest.values(), *((choice.take_id,) if choice else ())}
    return tuple(row for row in rows if row.id in kept)


def _can_stand_for(row: TakeRow, shot: Shot) -> bool:
    performed = [FrameRange(each.in_frame, each.frames) for each in row.performed]
    touches = any(cue.range.overlaps(each) for cue in shot.cues for each in performed)
    return touches and row.range.contains(shot.media.visible)


def _seen(performed: Sequence[Performed], visible: FrameRange) -> frozenset[Performed]:
    return frozenset(clipped for each in performed if (clipped := each.clipped(visible)))


def _digest(value: Mapping[str, object] | Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
