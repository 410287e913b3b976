"""Settings put together from all their sources."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reperform.model import Problem
from reperform.settings.fields import Settings
from reperform.settings.fitting import COMMAND_LINE, ENVIRONMENT, refuse_unfit
from reperform.settings.sources import folder_settings, from_environment, read, user_file

__all__ = ["Loaded", "load"]


@dataclass(frozen=True)
class Loaded:
    """The settings in force, and where each one that is not a default came from."""

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[Problem, ...]


def load(
    given: Mapping[str, Any],
    *,
    beside: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: Path | None = None,
) -> Loaded:
    """Settings from all sources.

    Args:
        given: what the command line says; None means not said.
        beside: the timeline, or its folder; None where there is none.
        environment: default `os.environ`.
        user: default `user_file()`.

    Raises:
        SettingsError: an unknown name or a value that does not fit, in a source that is the user's own.

    """
    problems: list[Problem] = []
    layers = [(COMMAND_LINE, {name: value for name, value in given.items() if value not in (None, ())})]
    layers.append((ENVIRONMENT, from_environment(os.environ if environment is None else environment, problems)))
    user = user or user_file()
    layers.append((str(user), read(user)))
    if beside is not None:
        folder_file = (beside if beside.is_dir() else beside.parent) / "reperform.toml"
        layers.append((str(folder_file), folder_settings(folder_file, problems)))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, layer in layers:
        refuse_unfit(layer, origin)
        for name in layer.keys() - values.keys():
            values[name], origins[name] = layer[name], origin
    return Loaded(_pinned(Settings(**values), read(user)), origins, tuple(problems))


def _pinned(settings: Settings, user: Mapping[str, Any]) -> Settings:
    """The user's file decides alone which engines may be used at all, and that consent is required."""
    pins = Settings(**{name: user[name] for name in ("allowed_engines", "require_consent") if name in user})
    pinned: dict[str, Any] = {"require_consent": True} if pins.require_consent else {}
    if pins.allowed_engines:
        pinned["allowed_engines"] = pins.allowed_engines
    return settings.model_copy(update=pinned)
