"""The engines: what is there, what it can do, what it costs, whether a key is present."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reperform import engines
from reperform.engines.base import Capabilities, Engine
from reperform.errors import SettingsError
from reperform.planning import costs
from reperform.tables.printing import indented, render, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["engines_document", "engines_table"]


def engines_table(keys: Mapping[str, bool] | None = None, *, width: int | None = None, styled: bool = False) -> str:
    """Every engine with its models. `keys` says which engines have a key; None looks into the environment only."""
    parts: list[RenderableType] = []
    for name in engines.names():
        try:
            parts += [*_engine(engines.get(name), keys), ""]
        except SettingsError as error:
            why = " ".join(filter(None, (error.message, f"({error.cause})" if error.cause else "", error.fix)))
            parts += [text(f"{name}: {why}", "red"), ""]
    return render(parts[:-1], width=width, styled=styled)


def engines_document(keys: Mapping[str, bool]) -> dict[str, Any]:
    """The same for programs."""
    found: list[dict[str, Any]] = []
    for name in engines.names():
        try:
            found.append(_described(engines.get(name), keys))
        except SettingsError as error:
            found.append(
                {"name": name, "key": None, "variable": None, "note": None, "models": [], "why": error.message}
            )
    return {"version": 1, "engines": found}


def _described(engine: Engine, keys: Mapping[str, bool]) -> dict[str, Any]:
    can = {engines.short_name(engine, model): engine.capabilities(model) for model in engine.models()}
    first = next(iter(can.values()))
    return {
        "name": engine.name,
        "key": keys.get(engine.name, False) if first.environment else None,
        "variable": first.environment[0] if first.environment else None,
        "note": first.upload_note or None,
        "models": [
            {"name": name, "price": _price(each), "free": each.price.unit == "nothing", "abilities": _abilities(each)}
            for name, each in can.items()
        ],
        "why": None,
    }


def _engine(engine: Engine, keys: Mapping[str, bool] | None) -> Iterator[RenderableType]:
    found = {model: engine.capabilities(model) for model in engine.models()}
    first = next(iter(found.values()))
    yield text(engine.name, "bold").append("   ").append_text(_key(engine.name, first, keys))
    for model, can in found.items():
        longest = can.longest_input_seconds
        limit = f", up to {float(longest):g} s a job" if longest is not None else ""
        alias = engines.short_name(engine, model)
        name = model if alias == model else f"{alias}   {model}"
        yield indented(text(name, "not bold").append(f"   {_price(can)}{limit}", style="dim"))
        yield indented(text(_abilities(can)), 4)
    if first.upload_note:
        yield indented(text(first.upload_note, "dim"))


def _key(name: str, can: Capabilities, keys: Mapping[str, bool] | None) -> Text:
    if not can.environment:
        return text("needs no key", "dim")
    there = any(os.environ.get(variable) for variable in can.environment) if keys is None else keys.get(name, False)
    return text("key present", "green") if there else text(f"no key ({can.environment[0]})", "yellow")


def _price(can: Capabilities) -> str:
    if can.price.unit == "nothing":
        return "free"
    return f"{costs.price_text(can.price)} ({can.price.as_of})"


def _abilities(can: Capabilities) -> str:
    words = {
        "emotion, always one" if can.emotion_required else "emotion": bool(can.emotions),
        "region": bool(can.regions),
        "temperature": can.temperature,
        "speaker" if can.speaker_points else "speaker (auto)": can.speaker,
        "occlusion": can.occlusion,
        "spoken lines": can.speech,
        "a shot's cues in one job": can.segments,
        f"{can.results_per_job} takes a job": can.results_per_job > 1,
    }
    return ", ".join(word for word, has in words.items() if has)
