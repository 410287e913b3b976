"""The ledger's file: private, durable, of one shape, and refused with a word where it is not ours."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from reperform.errors import LedgerError
from reperform.ledger.ledger import Ledger

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")


def _mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """The project's folder, the ledger and what SQLite puts beside it are closed to others, whatever the umask."""
    earlier = os.umask(0)
    try:
        with Ledger.open(tmp_path / "x.reperform") as ledger:
            assert ledger.session_id
            files = sorted(path for path in ledger.project.iterdir() if path.is_file())
            assert {path.name: _mode(path) for path in files} == {
                "ledger.sqlite": "0o600",
                "ledger.sqlite-shm": "0o600",
                "ledger.sqlite-wal": "0o600",
            }
            assert _mode(ledger.project) == "0o700"
    finally:
        os.umask(earlier)


def test_a_readable_ledger_is_closed_again(tmp_path: Path) -> None:
    """A ledger that was copied with open permissions is for its owner only from then on."""
    Ledger.open(tmp_path).close()
    (tmp_path / "ledger.sqlite").chmod(0o644)
    Ledger.open(tmp_path).close()
    assert _mode(tmp_path / "ledger.sqlite") == "0o600"


def test_every_commit_is_flushed(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation, foreign keys, and deleted text overwritten."""
    with Ledger.open(tmp_path) as ledger:
        connection = ledger._connection
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "fullfsync")
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "fullfsync": 1}


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """A migration is done once, and its record says so."""
    for _ in range(2):
        with Ledger.open(tmp_path) as ledger:
            rows = ledger._connection.execute("SELECT number, name FROM migrations").fetchall()
            assert [tuple(row) for row in rows] == [
                (1, "0001_initial.sql"), (2, "0002_stand_ins.sql"), (3, "0003_decisions.sql"), (4, "0004_stand_ins_seen.sql"),
            ]  # fmt: skip


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """A project in which nothing was written yet has no ledger, and gets none by being asked."""
    assert Ledger.existing(tmp_path / "x.reperform") is None
    assert list(tmp_path.iterdir()) == []


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """A shape that this version does not know is left alone."""
    Ledger.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("INSERT INTO migrations (number, name) VALUES (999, 'later')")
    connection.close()
    with pytest.raises(LedgerError, match="newer reperform"):
        Ledger.open(tmp_path)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    """What is not SQLite is neither used nor overwritten."""
    (tmp_path / "ledger.sqlite").write_bytes(b"a letter to my aunt, long enough to be looked at" * 50)
    with pytest.raises(LedgerError, match="not a database") as caught:
        Ledger.open(tmp_path)
    assert "backup" in (caught.value.fix or "")
    assert (tmp_path / "ledger.sqlite").read_bytes().startswith(b"a letter")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(LedgerError, match="cannot be written") as caught:
        Ledger.open(tmp_path / "taken")
    assert "--project" in (caught.value.fix or "")


def test_what_killed_runs_left_is_swept_up_later(tmp_path: Path) -> None:
    """Locks of the dead go when they are old; those of the living stay, however old."""
    with Ledger.open(tmp_path) as living, Ledger.open(tmp_path) as new:
        locks = tmp_path / "work" / "sessions"
        mine = locks / f"{living.session_id}.lock"
        for name in ("old", "young"):
            (locks / f"{name}.lock").touch()
        for path in (mine, locks / "old.lock"):
            os.utime(path, (1, 1))
        assert new.session_id
        assert {path.stem for path in locks.iterdir()} == {living.session_id, new.session_id, "young"}
    assert {path.stem for path in locks.iterdir()} == {"young"}
