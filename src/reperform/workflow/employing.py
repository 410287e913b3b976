"""Which engines may be used, and how they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reperform.errors import SettingsError

if TYPE_CHECKING:
    from reperform.engines.base import Connection, Engine
    from reperform.performing.roster import Connect
    from reperform.settings import Settings

__all__ = ["connector", "engine_named", "is_allowed"]


def engine_named(name: str, settings: Settings, *, label: bool = True) -> Engine:
    """The engine of that name. Raises SettingsError where there is none, or the settings do not allow it."""
    from reperform import engines

    if not is_allowed(name, settings):
        raise SettingsError(
            f"your settings do not allow the engine “{name}”",
            fix=f"Allowed are: {', '.join(settings.allowed_engines)}.",
        )
    engine = engines.get(name)
    if name == "preview":
        from reperform.engines.preview import PreviewEngine

        return PreviewEngine(label=label)
    if name == "command":
        from reperform.engines.command import CommandEngine

        return cast("Engine", CommandEngine(command=settings.command, seconds=settings.command_seconds))
    return engine


def is_allowed(engine: str, settings: Settings) -> bool:
    """Whether the settings let this engine be used."""
    return not settings.allowed_engines or engine in settings.allowed_engines


def connector(settings: Settings) -> Connect:
    """How engines are reached with these settings: with the user's keys, and with options as they were given."""
    from reperform import credentials
    from reperform.engines.base import Connection
    from reperform.planning.targets import options_for

    def connect(name: str, base_url: str | None) -> Connection:
        return Connection(
            base_url=base_url,
            credentials=credentials.find(name),
            options=options_for(name, settings.for_plan()),
        )

    return connect
