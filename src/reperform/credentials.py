"""The engines' keys: from the environment, else from the keyring. They are held in memory only, and shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from reperform import engines
from reperform.errors import AccessRefused, SettingsError

__all__ = ["SERVICE", "Secret", "find", "forget", "keep", "missing", "storable", "where"]

SERVICE = "reperform"
"""The name of the service in the keyring; the user's name there is the engine's."""

_JOINED = {"FAL_KEY": ("FAL_KEY_ID", "FAL_KEY_SECRET")}
"""A variable whose value may come in two halves, joined by a colon."""


class Secret:
    """A value that shows itself to no one who does not ask with `reveal`."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The value itself."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written anywhere")


def find(engine: str, *, environment: Mapping[str, str] | None = None) -> Secret | None:
    """The key of an engine: its environment variables first, then the keyring where one is installed.

    None where there is no key, and for engines that need none. `environment` is `os.environ` by default.

    Raises:
        SettingsError: there is no such engine.
        AccessRefused: what is there cannot be a key.

    """
    variables = _variables(engine)
    if not variables:
        return None
    value, origin = _from_environment(variables, os.environ if environment is None else environment)
    if value is None:
        value, origin = _from_keyring(engine), "the keyring"
    return None if value is None else _checked(value, engine, origin)


def where(engine: str, *, environment: Mapping[str, str] | None = None) -> str | None:
    """Where the key of an engine stands, by name: a variable, or `the keyring`. None where there is none."""
    variables = _variables(engine)
    if not variables:
        return None
    value, origin = _from_environment(variables, os.environ if environment is None else environment)
    if value is not None:
        return origin
    return "the keyring" if _from_keyring(engine) is not None else None


def missing(engine: str) -> AccessRefused:
    """What to raise where an engine needs a key and none is there."""
    variables = _variables(engine)
    name = variables[0] if variables else f"{engine.upper()}_API_KEY"
    return AccessRefused(
        f"There is no key for {engine}.",
        fix=f"Set {name} in the environment, or keep it in the keyring with `reperform engines login {engine}`.",
    )


def keep(engine: str, secret: Secret) -> None:
    """Store the key in the keyring.

    Raises:
        SettingsError: the engine needs no key, or there is no keyring to be used.
        AccessRefused: it cannot be a key.

    """
    storable(engine)
    ring, failures = _keyring_or_refuse()
    value = _checked(secret.reveal(), engine, "what was given").reveal()
    try:
        ring.set_password(SERVICE, engine, value)
    except failures as error:
        raise _unusable(error) from None


def storable(engine: str) -> None:
    """Pass where a key of this engine can be kept.

    Raises:
        SettingsError: there is no such engine, it needs no key, or no keyring is installed.

    """
    if not _variables(engine):
        raise SettingsError(f"{engine} needs no key.")
    _keyring_or_refuse()


def forget(engine: str) -> bool:
    """Remove the key from the keyring. False where it held none.

    Raises:
        SettingsError: there is no such engine, or no keyring to be used.

    """
    _variables(engine)
    ring, failures = _keyring_or_refuse()
    try:
        if ring.get_password(SERVICE, engine) is None:
            return False
        ring.delete_password(SERVICE, engine)
    except failures as error:
        raise _unusable(error) from None
    return True


def _variables(engine: str) -> tuple[str, ...]:
    found = engines.get(engine)
    return found.capabilities(found.models()[0]).environment


def _from_environment(variables: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str | None, str]:
    halves = {half for pair in _JOINED.values() for half in pair}
    for variable in variables:
        if variable in halves:
            continue
        if value := environment.get(variable, "").strip():
            return value, variable
        pair = _JOINED.get(variable, ())
        values = [environment.get(half, "").strip() for half in pair]
        if pair and all(values):
            return ":".join(values), " and ".join(pair)
    return None, ""


def _from_keyring(engine: str) -> str | None:
    """A keyring that is not there, locked or broken holds no key: `login` says why."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, engine) or None
    except (KeyringError, RuntimeError, OSError):
        return None


def _keyring_or_refuse() -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SettingsError(
            "The keyring is not installed.",
            fix="Install it with `pip install 'reperform[keyring]'`, or set the key in the environment.",
        ) from None
    return keyring, (KeyringError, RuntimeError, OSError)


def _unusable(error: Exception) -> SettingsError:
    return SettingsError(
        "The keyring of this machine cannot be used.",
        cause=type(error).__name__,
        fix="Unlock it, or set the key in the environment.",
    )


def _checked(value: str, engine: str, origin: str) -> Secret:
    """A key goes into a header: printable, and without spaces."""
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise AccessRefused(f"The key for {engine} ({origin}) holds signs that no key has.", fix="Copy it again.")
    return Secret(value)
