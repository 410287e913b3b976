"""Which engine and model a cue goes to: the plan's, unless its direction names another. A preview plays the part of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from reperform import engines
from reperform.direction import Direction
from reperform.engines._options import Fields
from reperform.engines.base import Capabilities, Engine
from reperform.errors import SettingsError
from reperform.model import PlanSettings
from reperform.planning.costs import Tariff

__all__ = ["PREVIEW", "Target", "Targets", "check_options", "is_secret", "options_for", "public_options"]

PREVIEW = "preview"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a cue goes."""

    engine: Engine
    """Whose limits hold and whose wire the request is written in; for a preview, the one it plays the part of."""
    model: str
    capabilities: Capabilities
    performer: str
    """The engine that performs: `preview`, or the engine above."""
    performer_model: str
    options: dict[str, str] = field(default_factory=dict)
    """`--option` values of its engine."""

    @property
    def preview(self) -> bool:
        """Whether nothing is sent and nothing is paid."""
        return self.performer == PREVIEW

    @cached_property
    def name(self) -> str:
        """Engine and model as people read them."""
        return engines.label(self.engine, self.model)

    @cached_property
    def fields(self) -> Fields:
        """What `--option` may set; an engine from another package may have nothing."""
        return _fields_of(self.engine)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Equal for jobs that may be one."""
        return (self.engine.name, self.model, self.performer, self.performer_model)

    @cached_property
    def tariff(self) -> Tariff:
        """What it charges; of a preview, what the engine would."""
        return Tariff(self.capabilities.price)


class Targets:
    """The targets of one plan; each engine is looked up once."""

    def __init__(self, engine: Engine, model: str, settings: PlanSettings) -> None:
        self.engine, self.model, self.settings = engine, model, settings
        self._known: dict[tuple[str | None, str | None], Target] = {}

    @property
    def default(self) -> Target:
        """Where cues go whose direction names no engine and no model."""
        return self.of(Direction())

    def of(self, direction: Direction) -> Target:
        """Where a cue with this direction goes.

        Raises:
            SettingsError: it names an engine or a model that does not exist.

        """
        asked = (direction.engine, direction.model)
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, name: str | None, model: str | None) -> Target:
        if PREVIEW in (self.engine.name, name):
            return self._preview(name if name != PREVIEW else None, model)
        engine = self.engine if name in (None, self.engine.name) else engines.get(str(name))
        own = self.model if engine is self.engine else None
        found = engines.model_of(engine, model or own)
        return self._target(engine, found, performer=engine.name, performer_model=found)

    def _preview(self, name: str | None, model: str | None) -> Target:
        """The preview performs the plan of `settings.like`, or of the engine that the mark names; it never pays."""
        named = self.engine.name == PREVIEW and self.model != PREVIEW
        engine, found = engines.target(self.model if named else self.settings.like)
        if name is not None and name != engine.name:
            engine, found = engines.get(name), engines.model_of(engines.get(name), model)
        elif model is not None:
            found = engines.model_of(engine, model)
        if engine.name == PREVIEW:
            raise SettingsError("A preview cannot be like the preview.", fix="Name an engine: --like sync/react-1")
        plain = self.engine.name == PREVIEW and name is None and model is None
        return self._target(
            engine,
            found,
            performer=PREVIEW,
            performer_model=self.model if plain else f"{engine.name}/{found}",
        )

    def _target(self, engine: Engine, model: str, *, performer: str, performer_model: str) -> Target:
        return Target(
            engine=engine,
            model=model,
            capabilities=engine.capabilities(model),
            performer=performer,
            performer_model=performer_model,
            options=options_for(engine.name, self.settings),
        )


def options_for(engine: str, settings: PlanSettings) -> dict[str, str]:
    """The `--option` values of one engine, by its own field names."""
    prefix = f"{engine}."
    return {key.removeprefix(prefix): text for key, text in settings.options.items() if key.startswith(prefix)}


def check_options(settings: PlanSettings) -> None:
    """Reads every `--option`.

    Raises:
        SettingsError: an engine or a field that does not exist, or a value that the field does not take.

    """
    for key, text in settings.options.items():
        name, dot, field_name = key.partition(".")
        if not dot:
            raise SettingsError(f"“{key}” names no field of an engine.", fix="Write --option ENGINE.FIELD=VALUE.")
        _fields_of(engines.get(name)).values({field_name: text})


def public_options(settings: PlanSettings) -> PlanSettings:
    """The settings as a plan may keep them: addresses that may carry a credential are left out."""
    public: dict[str, str] = {}
    for key, text in settings.options.items():
        name, _, field_name = key.partition(".")
        public[key] = _fields_of(engines.get(name)).public({field_name: text})[field_name]
    return settings.model_copy(update={"options": public})


def is_secret(key: str) -> bool:
    """Whether `ENGINE.FIELD` may carry a credential, so that no plan keeps its value.

    Raises:
        SettingsError: there is no such engine.

    """
    name, _, field_name = key.partition(".")
    return any(option.name == field_name and option.secret for option in _fields_of(engines.get(name)).options)


def _fields_of(engine: Engine) -> Fields:
    return getattr(engine, "fields", None) or Fields(engine=engine.name)
