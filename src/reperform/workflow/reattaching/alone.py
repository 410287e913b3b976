"""What a person left unmarked in the earlier cut, although it shows frames that were performed for another use of the media."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.timeline.keeping import digest_of
from reperform.workflow.reattaching.footage import Footage
from reperform.workflow.reattaching.history import Alone, Earlier
from reperform.workflow.reattaching.scene import read_scene

if TYPE_CHECKING:
    from reperform.settings import Settings

__all__ = ["left_alone"]


def left_alone(earlier: Earlier, ledger: Ledger, footage: Footage, settings: Settings) -> tuple[Alone, ...]:
    """Uses in the earlier cut that showed something performed and were no shots. None where that cut is not here any more."""
    path = _as_it_was(earlier, ledger)
    if path is None:
        return ()
    try:
        seen, _ = read_scene(path, settings, ledger.project).seen(footage)
    except (ReperformError, OSError):
        return ()
    shots = {(shot.track, shot.record.in_frame, shot.record.frames) for shot in earlier.shots}
    found = []
    for each in seen:
        shot = each.target.shot
        performed = (line.performed for line in footage.lines(each.identity))
        if (shot.track, shot.record.in_frame, shot.record.frames) not in shots and any(
            not each.target.sources.isdisjoint(frames) for frames in performed
        ):
            sources, in_frame = each.target.sources, shot.record.in_frame
            found.append(Alone(identity=each.identity, sources=sources, track=shot.track, in_frame=in_frame))
    return tuple(found)


def _as_it_was(earlier: Earlier, ledger: Ledger) -> Path | None:
    """The earlier timeline, or what was written of it: whichever is as it was then."""
    if earlier.timeline is None or earlier.run is None:
        return None
    out = Path(earlier.run.out)
    written = ledger.outputs.digests_in(out.parent).get(out.name)
    for path, digest in ((earlier.timeline.path, earlier.timeline.sha256), (out, written)):
        if digest is not None and path.exists() and digest_of(path) == digest:
            return path
    return None
