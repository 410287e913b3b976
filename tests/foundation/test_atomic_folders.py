"""A folder that appears whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from reperform.files import atomic_folder


def test_a_folder_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one was put aside already when the system refused the new one its name."""
    take = tmp_path / "take"
    take.mkdir()
    (take / "old.dpx").touch()
    rename = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError("the folder is open elsewhere")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError), atomic_folder(take) as new:
        (new / "new.dpx").touch()
    assert ["take/old.dpx"] == [each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*") if each.is_file()]
