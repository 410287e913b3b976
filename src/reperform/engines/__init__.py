"""The engines: found by name, imported only when asked for. Others join through the entry point `reperform.engines`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, cast

from reperform.errors import SettingsError

if TYPE_CHECKING:
    from reperform.engines.base import Capabilities, Engine

__all__ = ["ENTRY_POINTS", "able", "get", "label", "model_of", "names", "nearest", "short_name", "target"]

ENTRY_POINTS = "reperform.engines"

_BUILT_IN = {
    "sync": "reperform.engines.sync:SyncEngine",
    "runware": "reperform.engines.runware:RunwareEngine",
    "segmind": "reperform.engines.segmind:SegmindEngine",
    "fal": "reperform.engines.fal:FalEngine",
    "command": "reperform.engines.command:CommandEngine",
    "preview": "reperform.engines.preview:PreviewEngine",
}
"""They cannot be replaced from outside: their names stand for the hosts that get the keys."""


@cache
def _others() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS) if entry.name not in _BUILT_IN}


def names() -> tuple[str, ...]:
    """Every engine that can be asked for: the built-in ones, then those that other packages add."""
    return (*_BUILT_IN, *sorted(_others()))


def get(name: str) -> Engine:
    """The engine of that name.

    Raises:
        SettingsError: there is none of that name, or it cannot be loaded.

    """
    if name in _BUILT_IN:
        module, _, kind = _BUILT_IN[name].partition(":")
        return cast("Engine", getattr(import_module(module), kind)())
    if name not in _others():
        raise SettingsError(f"There is no engine “{name}”.", fix=_instead(name, names()))
    try:
        return cast("Engine", _others()[name].load()())
    except Exception as error:  # another package may fail in any way
        raise SettingsError(
            f"The engine “{name}” cannot be loaded.",
            cause=f"{type(error).__name__}: {error}",
            fix=f"Update or remove the package that adds it ({_others()[name].value}).",
        ) from error


def model_of(engine: Engine, model: str | None) -> str:
    """The engine's own name of a model: of an alias such as `react-1`, or its default for None.

    Raises:
        SettingsError: the engine has no such model.

    """
    models = engine.models()
    if model is None:
        return models[0]
    aliases: dict[str, str] = getattr(engine, "aliases", {})
    known = aliases.get(model, model)
    if known in models or getattr(engine, "any_model", False):
        return known
    raise SettingsError(f"{engine.name} has no model “{model}”.", fix=_instead(model, (*models, *aliases)))


def short_name(engine: Engine, model: str) -> str:
    """What people call a model: its alias, where it has one."""
    aliases: dict[str, str] = getattr(engine, "aliases", {})
    return next((alias for alias, known in aliases.items() if known == model), model)


def label(engine: Engine, model: str) -> str:
    """Engine and model as people read them: `runware sync-3`; only `command` where the model says no more."""
    return engine.name if model == engine.name else f"{engine.name} {short_name(engine, model)}"


def target(text: str) -> tuple[Engine, str]:
    """The engine and model of `ENGINE/MODEL`, or of `ENGINE` and its default model.

    Raises:
        SettingsError: there is no such engine or model.

    """
    name, _, model = text.partition("/")
    engine = get(name)
    return engine, model_of(engine, model or None)


def able(does: Callable[[Capabilities], bool]) -> tuple[str, ...]:
    """The hosted engines and models, by the names people call them, whose capabilities satisfy `does`."""
    hosted = (get(name) for name in _BUILT_IN if name != "preview")
    return tuple(
        label(engine, model) for engine in hosted for model in engine.models() if does(engine.capabilities(model))
    )


def nearest(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """The known words that look like this one, best first."""
    close = difflib.get_close_matches(word.casefold(), [one.casefold() for one in known], n=3, cutoff=0.5)
    return tuple(dict.fromkeys(one for match in close for one in known if one.casefold() == match))


def _instead(word: str, known: Sequence[str]) -> str:
    close = nearest(word, known)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There are: {', '.join(known)}."
