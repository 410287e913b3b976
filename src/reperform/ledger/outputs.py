"""The timelines that were written, and what stood in them then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Outputs"]


class Outputs:
    """What we last wrote, by path: a file that differs from it was changed by someone else.

    Paths beside the project, and below, are kept as they lie from there: a project that was moved with them still knows them.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(self, path: Path, sha256: str) -> None:
        """This was just written to `path`."""
        self._ledger.change("note_output", path=self.kept(path), sha256=sha256)

    def digests_in(self, folder: Path) -> dict[str, str]:
        """SHA-256 by file name, of what we last wrote into the folder."""
        rows = sorted(self._ledger.rows("outputs"), key=lambda row: not Path(row["path"]).is_absolute())
        found = {self._home / row["path"]: str(row["sha256"]) for row in rows}
        return {path.name: digest for path, digest in found.items() if path.parent == folder.absolute()}

    @property
    def _home(self) -> Path:
        return self._ledger.project.absolute().parent

    def kept(self, path: Path) -> str:
        """A path as the ledger keeps it."""
        path = path.absolute()
        return path.relative_to(self._home).as_posix() if path.is_relative_to(self._home) else str(path)
