"""The reference says what the code does: every option, setting, key, field and exit status stands where it belongs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from reperform import errors, model
from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES
from reperform.errors import EXIT_CODES
from reperform.grammar import KEYS, parse_mark
from reperform.performing.naming import FIELDS
from reperform.settings import FOLDER_SETTINGS, Settings
from reperform.timeline import records
from sample_scene import ROOT

REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def _words(page: str) -> set[str]:
    """What stands as code on a page of the reference."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[A-Za-z_]\w*", code)}


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_on_the_command_is_current() -> None:
    """It is written from the command's own help."""
    current = (REFERENCE / "command.md").read_text(encoding="utf-8")
    assert _script("make_reference").page() == current, "run `python docs/make_reference.py`"


def test_every_exit_status_has_its_errors() -> None:
    """Each class of the tree stands in the row of its status."""
    rows = dict(
        re.findall(r"^\| (\d+) \|(.*)\|$", (REFERENCE / "command.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    kinds = [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]
    listed = {name for row in rows.values() for name in re.findall(r"`(\w+)`", row)}
    assert {kind.__name__ for kind in kinds} == listed
    assert {str(status) for status in EXIT_CODES.values()} | {"0"} == rows.keys()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    """Each has a place in the table of settings."""
    assert name in _words("settings.md")


def test_what_a_timelines_folder_may_set_is_listed() -> None:
    """The page says exactly which."""
    text = " ".join((REFERENCE / "settings.md").read_text(encoding="utf-8").split())
    (listed,) = re.findall(r"no more than it: only (.*?) are read from it", text)
    assert set(re.findall(r"`(\w+)`", listed)) == FOLDER_SETTINGS


def test_the_parts_of_a_takes_name_are_listed() -> None:
    """Every field that a template may hold."""
    assert set(FIELDS) <= _words("settings.md")


def _rows_of_the_grammar() -> dict[str, str]:
    text = (REFERENCE / "marks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*`[^|]*) \| ([^|]*)", text, re.MULTILINE)
    return {key: values for keys, values in rows for key in re.findall(r"`(\w+)`", keys)}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_grammar_is_explained(key: str) -> None:
    """Each has a row in the table of keys."""
    assert key in _rows_of_the_grammar()


@pytest.mark.parametrize(("key", "values"), [("emotion", EMOTIONS), ("region", REGIONS), ("sync", SYNC_MODES)])
def test_every_value_of_a_key_is_listed(key: str, values: tuple[str, ...]) -> None:
    """Those and no others."""
    assert set(values) == set(_rows_of_the_grammar()[key].replace(",", " ").split())


def test_every_example_of_a_direction_is_one() -> None:
    """What stands as an example on the page is understood."""
    text = (REFERENCE / "marks.md").read_text(encoding="utf-8")
    examples = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    assert len(examples) > 5
    assert [] == [line for line in examples if parse_mark(line).direction is None]


def _fields(kind: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items()}


@pytest.mark.parametrize("kind", [
    model.Plan, model.TimelineInfo, model.Shot, model.RecordRange, model.ShotMedia, model.Source, model.AudioStream,
    model.ImageSequence,
    model.SoundSource, model.Cue, model.Voice, model.Job, model.JobPart, model.Segment, model.Cost, model.Problem,
    model.Place, model.IgnoredMarker, model.Totals, model.PlanSettings,
])  # fmt: skip
def test_every_field_of_a_plan_is_explained(kind: type[BaseModel]) -> None:
    """Each of its JSON's keys stands on its page."""
    assert set() == _fields(kind) - _words("plan.md")


@pytest.mark.parametrize("kind", [
    records.TakeRecord, records.ClipRecord, records.SoundRecord, records.TrackClipRecord, records.TimelineRecord,
])  # fmt: skip
def test_every_field_of_the_metadata_is_explained(kind: type[BaseModel]) -> None:
    """Each stands on its page."""
    assert set() == _fields(kind) - _words("metadata.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page."""
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [] == [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_can_be_found(page: Path) -> None:
    """From the list of the documentation."""
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in _LINK.findall(index.read_text(encoding="utf-8"))}
    assert page == index or page in linked
