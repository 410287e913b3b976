"""How options become settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.cli._paying import PAYING

if TYPE_CHECKING:
    from reperform.settings import Loaded

__all__ = ["changed_in_plan", "loaded_settings"]

_BESIDE_A_PLAN = (
    "project", "partial", "for_editor", "takes", "lists", "sound", "jobs", "command", "command_seconds", "require_consent",
    "c2pa_cert", "c2pa_key", *PAYING,
)  # fmt: skip
"""Settings that are not kept in a plan."""
_CHANGED_IN_A_PLAN = {
    "name": "name_template",
    **{name: name for name in ("mezzanine", "composite", "matte", "match_sound", "c2pa", "reel", "takes_dir", "label")},
}
"""Settings that a plan keeps and does not depend on, and their names there."""


def loaded_settings(given: dict[str, Any], *, beside: Path | None) -> Loaded:
    """Settings in force for a command called with these options; an option that was not given is None or empty."""
    import os

    from reperform.settings import load

    loaded = load({name: _absolute(value) for name, value in given.items()}, beside=beside)
    if loaded.settings.ffmpeg is not None:
        os.environ["REPERFORM_FFMPEG"] = str(loaded.settings.ffmpeg)
    for name in ("c2pa_cert", "c2pa_key"):
        if (path := getattr(loaded.settings, name)) is not None:
            os.environ[f"REPERFORM_{name.upper()}"] = str(path)
    return loaded


def changed_in_plan(given: dict[str, Any]) -> dict[str, Any]:
    """What `run PLAN.json` is told to do otherwise than the plan says, as fields of the plan's settings.

    Raises:
        SettingsError: an option is given on which the plan depends.

    """
    from reperform.errors import SettingsError

    said = {name: value for name, value in given.items() if value not in (None, ()) and name not in _BESIDE_A_PLAN}
    if _are_secret(said.get("option", ())):
        said.pop("option", None)
    decided = [f"`--{name.replace('_', '-')}`" for name in said if name not in _CHANGED_IN_A_PLAN]
    if decided:
        message = f"{', '.join(decided)}: a plan depends on it, and is run as it was made."
        raise SettingsError(message, fix="Give it to `reperform plan`, and run the plan that this makes.")
    return {_CHANGED_IN_A_PLAN[name]: _absolute(value) for name, value in said.items()}


def _are_secret(options: Sequence[str]) -> bool:
    """Whether a plan keeps none of these: then they are given again when it is run."""
    from reperform.planning.targets import is_secret

    return all(is_secret(option.partition("=")[0].strip()) for option in options)


def _absolute(value: Any) -> Any:
    """Paths as they are meant on the command line: from the working folder."""
    if isinstance(value, Path):
        return value.absolute()
    return tuple(map(_absolute, value)) if isinstance(value, tuple) else value
