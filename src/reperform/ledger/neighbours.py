"""The other projects of this machine: what one has paid for, another reuses."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from reperform.errors import ReperformError
from reperform.ledger import adopting
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Piece
from reperform.ledger.storage import state_folder

__all__ = ["Neighbours", "known_projects", "remember"]

_log = logging.getLogger(__name__)
_MOST = 64
"""Of the projects used last; looking into thousands would take longer than people wait."""


def remember(project: Path) -> None:
    """Others may look here from now on. Where the user's state folder cannot be written, nothing is remembered."""
    with suppress(OSError, sqlite3.Error), closing(_index()) as index, index:
        index.execute(
            "INSERT INTO projects (path) VALUES (?) "
            "ON CONFLICT (path) DO UPDATE SET used_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
            (str(project.absolute()),),
        )


def known_projects() -> tuple[Path, ...]:
    """Projects that were used on this machine and are still there, the last used first."""
    try:
        with closing(_index()) as index:
            rows = index.execute("SELECT path FROM projects ORDER BY used_at DESC, path LIMIT ?", (_MOST,)).fetchall()
    except (OSError, sqlite3.Error):
        return ()
    return tuple(path for (text,) in rows if (path := Path(text)).is_dir())


class Neighbours:
    """The ledgers of the other projects, opened when they are first asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._opened: list[Ledger] | None = None
        self._asked: set[str] = set()

    def close(self) -> None:
        """Let go of them."""
        for each in self._opened or ():
            each.close()
        self._opened = None

    def bring(self, piece: Piece) -> bool:
        """Whether another project has paid for this piece; its results are in this project's ledger then. Asked once a piece."""
        if piece.key in self._asked:
            return False
        self._asked.add(piece.key)
        return any(self._bring(piece, other) for other in self._others())

    def _bring(self, piece: Piece, other: Ledger) -> bool:
        try:
            found = other.results.answering(piece)
            for attempt_id in dict.fromkeys(each.result.attempt_id for each in found):
                kept = adopting.document(other, attempt_id)
                adopting.bring_files(kept, other.project, self._ledger.project)
                adopting.adopt(self._ledger, kept, origin=str(other.project))
        except (ReperformError, OSError):
            _log.warning("what %s has paid for cannot be used", other.project, exc_info=True)
            return False
        return bool(found)

    def _others(self) -> Iterator[Ledger]:
        if self._opened is None:
            self._opened = [ledger for path in known_projects() if (ledger := self._open(path))]
        return iter(self._opened)

    def _open(self, project: Path) -> Ledger | None:
        try:
            return None if project == self._ledger.project else Ledger.existing(project)
        except ReperformError:
            _log.warning("the ledger of %s cannot be read", project, exc_info=True)
            return None


def _index() -> sqlite3.Connection:
    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    index = sqlite3.connect(folder / "projects.sqlite", timeout=5)
    index.execute(
        "CREATE TABLE IF NOT EXISTS projects (path TEXT PRIMARY KEY, "
        "used_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) STRICT"
    )
    return index
