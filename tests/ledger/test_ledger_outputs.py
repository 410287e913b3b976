"""What we last wrote is known again, also where the project was moved with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reperform.ledger.ledger import Ledger

ONE, TWO = "1" * 64, "2" * 64


@pytest.mark.parametrize("folder", [".", "exports/today"], ids=["beside the project", "below its folder"])
def test_a_project_that_was_moved_knows_what_it_wrote(tmp_path: Path, folder: str) -> None:
    """What lies beside it moves with it."""
    before, after = tmp_path / "before", tmp_path / "after"
    with Ledger.open(before / "cut.reperform") as ledger:
        ledger.outputs.note(before / folder / "out.otio", ONE)
        ledger.outputs.note(before / folder / "out.otio", TWO)
    before.rename(after)
    with Ledger.open(after / "cut.reperform") as ledger:
        assert ledger.outputs.digests_in(after / folder) == {"out.otio": TWO}
        assert ledger.outputs.digests_in(before / folder) == {}


def test_what_was_written_elsewhere_stays_there(tmp_path: Path) -> None:
    """It does not move with the project."""
    with Ledger.open(tmp_path / "before" / "cut.reperform") as ledger:
        ledger.outputs.note(tmp_path / "delivery" / "out.otio", ONE)
    (tmp_path / "before").rename(tmp_path / "after")
    with Ledger.open(tmp_path / "after" / "cut.reperform") as ledger:
        assert ledger.outputs.digests_in(tmp_path / "delivery") == {"out.otio": ONE}
