"""What `clean` would remove, and what it never does."""

from __future__ import annotations

import os
from pathlib import Path

from reperform.ledger.cleaning import removable, remove
from reperform.ledger.ledger import Ledger

OLD = 1_000_000_000


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 10)
    os.utime(path, (OLD, OLD))
    return path


def test_only_what_killed_runs_left_half_written_is_removed(tmp_path: Path) -> None:
    """Results, takes, unpacked media and whatever is not ours stay."""
    with Ledger.open(tmp_path / "scene.reperform") as ledger:
        project = ledger.project
        kept = [
            _file(project / "results" / "a" / "0.mp4"),
            _file(project / "takes" / "A001_RP001.mov"),
            _file(project / "unpacked" / "0" / "media" / ".A001.0a1b2c.part.mov"),
            _file(project / "notes.txt"),
        ]
        left = _file(project / "takes" / ".A001_RP002.0a1b2c.part.mov")
        assert [(left, 10)] == [(each.path, each.bytes) for each in removable(ledger)]
        remove(removable(ledger))
        assert ([True] * 4, False) == ([path.exists() for path in kept], left.exists())


def test_nothing_half_written_is_touched_while_a_run_goes_on(tmp_path: Path) -> None:
    """It may be that run's; when it is over, it is nobody's."""
    with Ledger.open(tmp_path / "scene.reperform") as ledger:
        _file(ledger.project / "takes" / ".A001_RP002.0a1b2c.part.mov")
        with Ledger.open(ledger.project) as other:
            assert other.session_id
            assert () == removable(ledger)
        assert 1 == len(removable(ledger))
