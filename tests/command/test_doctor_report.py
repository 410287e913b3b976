"""`doctor`: what it finds, what it says is missing, and what it never prints."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from reperform.doctor import Finding, examine
from reperform.media import ffmpeg, ffmpeg_finding
from reperform.settings import Settings, user_file
from whole.command_kit import call


def found(timeline: Path | None = None, **environment: str) -> dict[tuple[str, str], Finding]:
    """Findings by group and name."""
    return {(each.group, each.name): each for each in examine(timeline, environment=environment)}


def test_it_finds_what_the_job_needs() -> None:
    """FFmpeg with its encoders and filters, PyAV, OpenTimelineIO, disk: all there where the tests run."""
    report = found()
    assert [] == [each for each in report.values() if each.state == "missing"]
    assert {"reperform", "media", "timelines", "project", "keys", "settings"} == {group for group, _ in report}
    assert ffmpeg.version(ffmpeg_finding.find()) == report["media", "FFmpeg"].value


def test_every_setting_has_a_line() -> None:
    """With its value."""
    assert {name for group, name in found() if group == "settings"} >= set(Settings.model_fields)


def test_it_says_where_a_setting_came_from(tmp_path: Path) -> None:
    """The environment, the user's file, the timeline's folder; nothing where it is the default."""
    (tmp_path / "reperform.toml").write_text("seam = 2\n")
    user_file().parent.mkdir(parents=True)
    user_file().write_text("context = 3\n")
    report = found(tmp_path / "cut.otio", REPERFORM_HANDLES="24")
    values = [report["settings", name].value for name in ("handles", "context", "seam", "jobs")]
    assert [
        "24   (environment)",
        f"3   ({user_file()})",
        f"2   ({tmp_path / 'reperform.toml'})",
        "4",
    ] == values


def test_it_warns_of_what_the_timelines_folder_may_not_set(tmp_path: Path) -> None:
    """And of a variable that is no setting."""
    (tmp_path / "reperform.toml").write_text("ffmpeg = '/tmp/other'\n")
    warnings = [each for each in examine(tmp_path, environment={"REPERFORM_HANDELS": "3"}) if each.name == "warning"]
    assert ["note", "note"] == [each.state for each in warnings]
    assert "REPERFORM_HANDELS" in warnings[0].value
    assert "Did you mean `handles`?" == warnings[0].fix
    assert "which a timeline's folder may not" in warnings[1].value


def test_a_setting_that_does_not_fit_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor does not fall ill himself: the rest is examined all the same."""
    monkeypatch.setenv("REPERFORM_HANDLES", "many")
    ran = call("doctor")
    assert 2 == ran.status
    assert "`REPERFORM_HANDLES=many` in the environment does not fit. → It should be a whole number." in ran.said
    assert "OpenTimelineIO" in ran.out


FORMATS = {
    "read AAF": "reperform[aaf]",
    "write AAF": "reperform[aaf]",
    "write Final Cut Pro 7 XML": "reperform[fcp]",
}


def test_every_format_is_named_with_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which are read and written as they are, and of the others which extra to install; one that is absent is no fault."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    report = {name: each for (group, name), each in found().items() if group == "timelines"}
    assert "Final Cut Pro 7 XML, EDL, FCPXML, ALE" == report["read as they are"].value
    assert "FCPXML, EDL, ALE" == report["written as they are"].value
    assert dict.fromkeys(FORMATS, ("note", True)) == {
        name: (report[name].state, f'pip install "{extra}"' in (report[name].fix or ""))
        for name, extra in FORMATS.items()
    }


def test_an_ffmpeg_that_is_not_there_is_missing_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2, and what to do."""
    monkeypatch.setenv("REPERFORM_FFMPEG", "/no/ffmpeg")
    ran = call("doctor")
    assert 2 == ran.status
    assert "there is no program there → Correct it, or remove it" in ran.said


@pytest.mark.parametrize("name", ["SYNC_API_KEY", "RUNWARE_API_KEY", "SEGMIND_API_KEY", "FAL_KEY"])
def test_keys_are_present_by_name_only(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What a key is stands nowhere in the report."""
    monkeypatch.setenv(name, "a-secret-nobody-reads")
    plain, document = call("doctor"), call("doctor", "--json")
    assert "a-secret" not in plain.out + plain.err + document.out + document.err
    keys = {each["name"]: each["value"] for each in document.json["findings"] if each["group"] == "keys"}
    assert keys[name] not in ("not set", "")


def test_the_project_of_a_timeline(tmp_path: Path) -> None:
    """Where it is, or would be made; for a folder as for a timeline in it."""
    (tmp_path / "reel.reperform").mkdir()
    below = tmp_path / "cuts"
    below.mkdir()
    assert str(tmp_path / "reel.reperform") == found(below)["project", "folder"].value
    assert found(below)["project", "folder"] == found(below / "cut.otio")["project", "folder"]


def test_a_plain_report_can_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """No colours where it is not a terminal, and each group under its name."""
    ran = call("doctor")
    assert 0 == ran.status
    assert "\x1b" not in ran.out
    assert ["reperform", "media", "timelines", "project", "keys", "settings"] == [
        line for line in ran.out.splitlines() if line and not line.startswith(" ")
    ]
