"""The shot that a take was made for, as the cut and the ledger tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reperform.errors import ConformError
from reperform.model import RecordRange, Shot, ShotMedia, Source, Take

if TYPE_CHECKING:
    from reperform.ledger.records import TakeRow
    from reperform.timeline.cut import Cut, PlacedClip
    from reperform.timeline.records import ClipRecord

__all__ = ["shot_made_for"]


def shot_made_for(row: TakeRow, placed: PlacedClip, record: ClipRecord, *, origin: Shot, cut: Cut) -> Shot:
    """The clip as a shot on the take's clock, without cues: those are the take's. `origin` is the shot that it was performed for.

    Raises:
        ConformError: neither is its original there, nor does the cut name it; or the clip shows other frames than the take.
        MediaRefused, MediaError: the media cannot be read.

    """
    source = _source(row, placed, origin, cut)
    at = placed.record
    facts: dict[str, Any] = {
        "id": record.shot,
        "clip": placed.name,
        "track": placed.track.label,
        "clock": row.clock,
        "cues": (),
        "source": source,
        "record": RecordRange(in_=record.record_in, out=record.record_out, in_frame=at.start, frames=at.frames),
    }
    if row.clock == "media":
        facts["media"] = ShotMedia(
            path=source.path,
            rate=record.rate,
            start=None,
            in_frame=record.in_frame,
            frames=record.frames,
            head=max(0, record.in_frame - row.in_frame),
            tail=max(0, row.range.end - record.in_frame - record.frames),
        )
        return origin.model_copy(update=facts)
    return _as_seen(origin.model_copy(update=facts), row, placed, cut)


def _as_seen(shot: Shot, row: TakeRow, placed: PlacedClip, cut: Cut) -> Shot:
    """A retimed shot with the frames that the take was made of: those that it was performed for, or what the clip shows. Clips
    that stand elsewhere in the cut may share what was performed for one of them.
    """
    from reperform.media.identities import source_identity
    from reperform.performing.making import picture_identity

    identity = source_identity(shot.source)
    if picture_identity(shot, identity) == row.source_identity:
        return shot
    media = _seen(row, placed, shot.source, cut)
    seen = None if media is None else shot.model_copy(update={"media": media})
    if seen is None or picture_identity(seen, identity) != row.source_identity:
        raise ConformError(
            "the clip shows other frames than it was made for",
            fix="Run the timeline again, or bring it to the cut as it is now with `reperform reattach`.",
        )
    return seen


def _seen(row: TakeRow, placed: PlacedClip, source: Source, cut: Cut) -> ShotMedia | None:
    """What the clip shows, with as much before and after it as the take has. None where it is not retimed."""
    from reperform.linking.offline import Offlines
    from reperform.timeline.retimes.seen import on_record
    from reperform.workflow.finding import prober

    zero = Offlines(cut, prober(), {source.path.name: source}).of(placed).zero
    seen = on_record(placed, source, cut, start=placed.source_start - zero, handles=row.frames)
    if seen is None:
        return None
    media = seen.media
    before = media.in_frame - media.head
    head, tail = media.in_frame - row.in_frame, row.range.end - media.visible.end
    table = (media.map or ())[max(0, row.in_frame - before) : row.range.end - before]
    return media.model_copy(update={"head": head, "tail": tail, "map": table})


def _source(row: TakeRow, placed: PlacedClip, origin: Shot, cut: Cut) -> Source:
    """The original that the take was made for: that of then, or the one that the cut names now."""
    from reperform.media.identities import source_identity

    assert row.document is not None, "only finished takes are looked at"
    wanted = Take.model_validate_json(row.document).source_identity
    for source in _sources(row, placed, origin, cut):
        if source_identity(source) == wanted:
            return source
    raise ConformError(
        "its original is not there, or has changed since", fix="Put the media back where it was, or relink it."
    )


def _sources(row: TakeRow, placed: PlacedClip, origin: Shot, cut: Cut) -> Iterator[Source]:
    from reperform.media.probing import probe
    from reperform.media.sequences import frame_path
    from reperform.timeline.addresses import path_of
    from reperform.timeline.recognising import original_of

    known = origin.source
    first = known.path if known.sequence is None else frame_path(known, 0)
    if origin.clock == row.clock and first.exists():
        yield known
    found = original_of(placed.clip)
    address = str(getattr(found[1], "target_url", "") or "") if found else ""
    path = path_of(address, folder=cut.media_folder)
    if path is not None and path.is_file():
        yield probe(path)
