"""Where a project lies: beside its timelines, or above them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reperform.errors import SettingsError
from reperform.ledger import projects


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "film" / "reel 1"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param([], "film/reel 1/reel 1.reperform", id="none: beside the timeline, named after its folder"),
        pytest.param(["film/reel 1/x.reperform"], "film/reel 1/x.reperform", id="beside the timeline"),
        pytest.param(["film/film.reperform"], "film/film.reperform", id="above it"),
        pytest.param(["film/a.reperform", "film/reel 1/b.reperform"], "film/reel 1/b.reperform", id="the nearest"),
        pytest.param(["film/a.reperform", "film/film.reperform"], "film/film.reperform", id="of two, the folder's own"),
    ],
)
def test_the_project_of_a_timeline(tmp_path: Path, film: Path, there: list[str], expected: str) -> None:
    """One project serves all timelines of a folder and those below it."""
    for each in there:
        (tmp_path / each).mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert projects.find(film / "cut.otio") == tmp_path / expected
    assert sorted(tmp_path.rglob("*")) == before


def test_a_named_project_is_used(tmp_path: Path, film: Path) -> None:
    """`--project` overrides what lies around."""
    (film / "x.reperform").mkdir()
    assert projects.find(film / "cut.otio", tmp_path / "mine") == tmp_path / "mine"


def test_two_projects_are_not_guessed_between(film: Path) -> None:
    """The user says which."""
    for name in ("a.reperform", "b.reperform"):
        (film / name).mkdir()
    with pytest.raises(SettingsError, match=r"a\.reperform, b\.reperform"):
        projects.find(film / "cut.otio")


def test_a_file_is_no_project(tmp_path: Path, film: Path) -> None:
    """Neither found by its name nor accepted when named."""
    (film / "x.reperform").write_text("")
    assert projects.find(film / "cut.otio").name == "reel 1.reperform"
    with pytest.raises(SettingsError, match="not a project folder"):
        projects.find(film / "cut.otio", film / "x.reperform")
