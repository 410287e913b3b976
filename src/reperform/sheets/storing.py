"""A sheet's file: complete or not at all, never onto the timeline, and a version that somebody else changed is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import InputError
from reperform.files import write_atomically

if TYPE_CHECKING:
    from reperform.ledger.storage import Storage

__all__ = ["store"]


def store(data: bytes, out: Path, *, timeline: Path, project: Path, storage: Storage | None = None) -> Path | None:
    """Writes a sheet, and returns where the earlier version went; None where there was none, or ours, or the same.

    Raises:
        InputError: `out` is the timeline, or cannot be written.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.keeping import keep
    from reperform.timeline.saving import refuse_input

    refuse_input(out, timeline)
    if out.is_dir():
        raise InputError(f"“{out}” is a folder.", fix="Give the sheet a name, such as cues.csv.")
    ledger = Ledger.existing(project, storage)
    try:
        kept = None
        if not out.exists() or out.read_bytes() != data:
            kept = keep(out, ledger.outputs.digests_in(out.parent).get(out.name) if ledger else None)
            write_atomically(out, data)
        if ledger is not None:
            ledger.outputs.note(out, hashlib.sha256(data).hexdigest())
    except OSError as error:
        raise InputError(
            f"“{out}” cannot be written: {error.strerror or error}.",
            fix="Check the folder, its rights and the free space.",
        ) from error
    finally:
        if ledger is not None:
            ledger.close()
    return kept
