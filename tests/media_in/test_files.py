"""A file appears complete or not at all, and an earlier one stands until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from reperform.files import atomic_output, write_atomically


def test_what_was_written_appears_under_its_name_alone(tmp_path: Path) -> None:
    write_atomically(tmp_path / "take.mov", b"take")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"take.mov": b"take"}


def test_after_an_error_the_earlier_file_stands_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "take.mov", b"earlier")
    with pytest.raises(KeyboardInterrupt), atomic_output(tmp_path / "take.mov") as temporary:
        temporary.write_bytes(b"half a ta")
        raise KeyboardInterrupt
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"take.mov": b"earlier"}


def test_nothing_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_output(tmp_path / "take.mov"):
        pass


def test_the_temporary_name_keeps_the_ending(tmp_path: Path) -> None:
    with atomic_output(tmp_path / "take.mov") as temporary:
        assert (temporary.suffix, temporary.parent) == (".mov", tmp_path)
        temporary.touch()
