"""The timelines that were written, and what stood in them then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Outputs"]


class Outputs:
    """What we last wrote, by path: a file that differs from it was changed by someone else."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(self, path: Path, sha256: str) -> None:
        """This was just written to `path`."""
        self._ledger.change("note_output", path=str(path.absolute()), sha256=sha256)

    def digests_in(self, folder: Path) -> dict[str, str]:
        """SHA-256 by file name, of what we last wrote into the folder."""
        rows = self._ledger.rows("outputs")
        found = {Path(row["path"]): str(row["sha256"]) for row in rows}
        return {path.name: digest for path, digest in found.items() if path.parent == folder.absolute()}
