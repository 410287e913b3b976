"""The ledger's file: opening it, its shape, and one transaction at a time, from any thread and beside other processes."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reperform.errors import LedgerError
from reperform.ledger import queries
from reperform.ledger.choices import Choices
from reperform.ledger.claims import Claims
from reperform.ledger.decisions import Decisions
from reperform.ledger.outputs import Outputs
from reperform.ledger.projects import Layout
from reperform.ledger.records import Event
from reperform.ledger.results import Results
from reperform.ledger.runs import Runs
from reperform.ledger.sessions import Session, is_live
from reperform.ledger.shares import Shares
from reperform.ledger.storage import Storage, layout_of
from reperform.ledger.takes import Takes

__all__ = ["Ledger"]

_WAIT_SECONDS = 60
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


class Ledger:
    """A project's durable record. Every method is one transaction, flushed to the disk before it returns.

    Several threads may share one ledger, and several processes one project.
    """

    def __init__(self, layout: Layout, connection: sqlite3.Connection) -> None:
        self.project = layout.project
        self.layout = layout
        self.runs = Runs(self)
        self.shares = Shares(self)
        self.claims = Claims(self)
        self.results = Results(self)
        self.takes = Takes(self)
        self.choices = Choices(self)
        self.outputs = Outputs(self)
        self.decisions = Decisions(self)
        self._connection = connection
        self._lock = threading.RLock()
        self._session: Session | None = None

    @classmethod
    def open(cls, project: Path, storage: Storage | None = None) -> Ledger:
        """The ledger of a project, made where there is none, brought to this version's shape.

        `storage` says whether other machines share the project; None: as it was begun, else by the file system it lies on.

        Raises:
            LedgerError: it is not a ledger, is damaged, is of a newer version, or cannot be written.

        """
        layout = layout_of(project, storage)
        with _said(layout.ledger):
            layout.ensure()
            _make_private(layout.ledger)
            connection = _connect(layout.ledger)
            try:
                _migrate(connection, layout.ledger)
            except BaseException:
                connection.close()
                raise
        return cls(layout, connection)

    @classmethod
    def existing(cls, project: Path, storage: Storage | None = None) -> Ledger | None:
        """The ledger of a project, or None where nothing has been written yet: looking makes no folder."""
        return cls.open(project, storage) if layout_of(project, storage).ledger.exists() else None

    def close(self) -> None:
        """End this run's session and let go of the file. What it had not finished can be taken over by the next run."""
        with self._lock:
            if self._session is not None:
                self._session.end()
                self._session = None
            self.compact()
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def session_id(self) -> str:
        """This run. It begins with the first claim."""
        with self._lock:
            if self._session is None:
                session = Session(self.layout.work)
                with _said(self.layout.ledger):
                    session.begin()
                self.change("begin_session", id=session.id, host=session.host, pid=session.pid)
                self._session = session
            return self._session.id

    def is_live(self, session_id: str) -> bool:
        """Whether the run of that name is still going on, in this process or another of this machine."""
        return is_live(self.layout.work, session_id)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile. One inside another is part of it."""
        with self._lock, _said(self.layout.ledger):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, **parameters: Any) -> list[sqlite3.Row]:
        """All rows of a named query."""
        with self._lock, _said(self.layout.ledger):
            return self._connection.execute(queries.load()[query], parameters).fetchall()

    def row(self, query: str, **parameters: Any) -> sqlite3.Row | None:
        """The first row of a named query that only reads; None where there is none."""
        rows = self.rows(query, **parameters)
        return rows[0] if rows else None

    def change(self, query: str, **parameters: Any) -> list[sqlite3.Row]:
        """A named statement that writes, and what it returns."""
        with self.transaction():
            return self._connection.execute(queries.load()[query], parameters).fetchall()

    def events(self, subject: str, subject_id: str) -> tuple[Event, ...]:
        """What happened to one attempt, cue, result, take or choice, in order."""
        return tuple(Event(**row) for row in self.rows("events", subject=subject, subject_id=subject_id))

    def events_after(self, event_id: int = 0) -> tuple[Event, ...]:
        """Everything that happened since an event that was seen."""
        return tuple(Event(**row) for row in self.rows("events_after", id=event_id))

    def last_event(self) -> int:
        """The id of the last thing that happened; 0 where nothing has."""
        row = self.row("last_event")
        assert row is not None, "a maximum is always one row"
        return int(row["id"])

    def compact(self) -> None:
        """Write all into the one file, so that nothing deleted stays behind in its log. Another's reading may delay it."""
        with self._lock, _said(self.layout.ledger):
            if self._connection.in_transaction:
                return
            self._connection.execute("PRAGMA wal_checkpoint (TRUNCATE)").fetchall()


def _make_private(path: Path) -> None:
    """The file exists, for its owner only, before SQLite opens it: what SQLite makes beside it gets the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if sys.platform != "win32":
        path.chmod(0o600)


def _connect(path: Path) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise LedgerError(
            f"this Python's SQLite is {sqlite3.sqlite_version}, too old for the ledger.",
            fix="Use a Python whose SQLite is 3.37 or newer.",
        )
    connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_SECONDS, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    for pragma in ("synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    # What is deleted is overwritten: addresses are secrets.
    connection.execute("PRAGMA secure_delete = ON")
    if mode != "wal":
        connection.close()
        raise LedgerError(
            f"{path} lies where SQLite cannot keep a safe log ({mode}).",
            fix="Put the project on a local disk, with --project.",
        )
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to this version's shape: each step, with its record, is one transaction."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
            "done_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) STRICT"
        )
        known = queries.migrations()
        newest = cursor.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()[0]
        if newest > known[-1][0]:
            raise LedgerError(f"{path} was written by a newer reperform.", fix="Update reperform.")
        for number, name, script in known[newest:]:
            _apply(cursor, number, name, script)


def _apply(cursor: sqlite3.Cursor, number: int, name: str, script: str) -> None:
    cursor.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been first.
        if not cursor.execute("SELECT 1 FROM migrations WHERE number = ?", (number,)).fetchone():
            for statement in queries.statements(script):
                cursor.execute(statement)
            cursor.execute("INSERT INTO migrations (number, name) VALUES (?, ?)", (number, name))
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """What SQLite and the file system refuse, as an error of ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"The ledger {path} cannot be used: {error}.", fix=_fix(error)) from error
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be written: {error.strerror or error}.",
            fix="Choose another place with --project.",
        ) from error


def _fix(error: sqlite3.DatabaseError) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return "Restore it from a backup; the results beside it are untouched. With a new --project everything is performed anew."
    if code == sqlite3.SQLITE_BUSY:
        return "Another reperform is writing for a long time; try again when it is done."
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "Make room on the disk and run again."
    return None
