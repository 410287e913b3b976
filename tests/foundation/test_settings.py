"""Settings: sources, their order, and what each is trusted with."""

from __future__ import annotations

from pathlib import Path

import pytest

from reperform.errors import SettingsError
from reperform.settings import load


def test_the_strongest_source_wins(tmp_path: Path) -> None:
    """Command line over environment over the user's file over the timeline's folder over the default."""
    (tmp_path / "reperform.toml").write_text("handles = 1\ncontext = 1\nseam = 1\n")
    user = tmp_path / "user.toml"
    user.write_text("handles = 2\ncontext = 2\nengine = 'sync'\n")
    loaded = load({"handles": 4, "model": None}, beside=tmp_path, environment={"REPERFORM_ENGINE": "fal"}, user=user)
    found = loaded.settings
    assert (4, 2, 1, "fal") == (found.handles, found.context, found.seam, found.engine)
    assert "command line" == loaded.origins["handles"]
    assert "model" not in loaded.origins


@pytest.mark.parametrize(
    "line",
    [
        "ffmpeg = '/tmp/evil'",
        "engine = 'sync'",
        "allowed_engines = ['sync']",
        "allowed_hosts = ['evil']",
        "takes_dir = '/etc'",
        "option = ['sync.webhook_url=https://evil']",
        "nonsense = 1",
        "handles = 'many'",
        "= broken",
    ],
)
def test_the_timelines_folder_cannot_name_a_program_an_address_or_a_permission(tmp_path: Path, line: str) -> None:
    """What it may not say, or says wrongly, is a warning and is ignored."""
    (tmp_path / "reperform.toml").write_text(line + "\n")
    loaded = load({}, beside=tmp_path, environment={}, user=tmp_path / "none.toml")
    assert load({}, environment={}, user=tmp_path / "none.toml").settings == loaded.settings
    assert ["warning"] == [problem.severity for problem in loaded.problems]


@pytest.mark.parametrize("given", [{"handels": 3}, {"handles": -1}, {"option": ("ttl=3",)}])
def test_a_setting_that_is_not_understood_is_an_error(tmp_path: Path, given: dict[str, object]) -> None:
    """From the user's own hand, an unknown name or a value that does not fit stops the command and says so."""
    with pytest.raises(SettingsError) as raised:
        load(given, environment={}, user=tmp_path / "none.toml").settings.for_plan()
    assert raised.value.fix


def test_the_users_file_pins_the_engines(tmp_path: Path) -> None:
    """`allowed_engines` of the user's file cannot be widened from the environment or the command line."""
    user = tmp_path / "user.toml"
    user.write_text("allowed_engines = ['preview']\n")
    loaded = load({"allowed_engines": ("sync",)}, environment={}, user=user)
    assert ("preview",) == loaded.settings.allowed_engines


def test_the_users_file_pins_that_consent_is_required(tmp_path: Path) -> None:
    """`require_consent` of the user's file cannot be taken back, and a timeline's folder cannot name who signs."""
    user = tmp_path / "user.toml"
    user.write_text("require_consent = true\n")
    (tmp_path / "reperform.toml").write_text("c2pa_cert = 'a.pem'\nc2pa_key = 'a.key'\n")
    loaded = load({"require_consent": False}, beside=tmp_path, environment={}, user=user)
    assert (True, None, None) == (
        loaded.settings.require_consent, loaded.settings.c2pa_cert, loaded.settings.c2pa_key
    )  # fmt: skip
    assert ["warning"] == [problem.severity for problem in loaded.problems]
