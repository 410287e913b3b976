"""Where settings stand: the user's file, the environment, the timeline's folder, and what each may say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from reperform.errors import SettingsError
from reperform.model import Problem
from reperform.settings.fields import Settings
from reperform.settings.fitting import nearest, refuse_unfit

__all__ = ["FOLDER_SETTINGS", "folder_settings", "from_environment", "read", "user_file"]

FOLDER_SETTINGS = frozenset({"handles", "context", "seam", "name", "reel", "for_editor", "direction"})
"""What `reperform.toml` beside a timeline may set. It cannot name a program, an address, a paid engine, a ceiling or a permission."""


def user_file() -> Path:
    """The user's own settings."""
    return Path(platformdirs.user_config_dir("reperform", appauthor=False)) / "reperform.toml"


def read(path: Path) -> dict[str, Any]:
    """The settings in a file; none where there is no file. Raises SettingsError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", fix="Correct or remove the file.") from error


def from_environment(environment: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    """Settings among the variables. A name that is none may stand there for others: it is a warning."""
    prefix = "REPERFORM_"
    found = {name[len(prefix) :].lower(): value for name, value in environment.items() if name.startswith(prefix)}
    for name in sorted(found.keys() - Settings.model_fields.keys()):
        message = f"There is no setting `{name}`: {prefix}{name.upper()} in the environment is ignored."
        problems.append(Problem(severity="warning", message=message, fix=nearest(name)))
    return {name: value for name, value in found.items() if value and name in Settings.model_fields}


def folder_settings(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """What the timeline's folder may say; the rest, and anything that does not fit, is a warning."""
    try:
        layer = read(path)
        allowed = {name: layer[name] for name in layer if name in FOLDER_SETTINGS}
        refuse_unfit(allowed, str(path))
    except SettingsError as error:
        problems.append(Problem(severity="warning", message=error.message, fix="It was ignored."))
        return {}
    refused = sorted(layer.keys() - allowed.keys())
    if refused:
        message = (
            f"{path} sets {', '.join(f'`{name}`' for name in refused)}, which a timeline's folder may not: ignored."
        )
        fix = f"If you want it, put it into {user_file()} or on the command line."
        problems.append(Problem(severity="warning", message=message, fix=fix))
    return allowed
