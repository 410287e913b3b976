"""`--option engine.field=value`: the fields of an engine that have no word in the grammar of marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from reperform.engines import nearest
from reperform.errors import SettingsError

__all__ = ["Fields", "Option", "merge"]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One documented field of an engine's request."""

    name: str
    """The maker's spelling, dotted where it stands inside another."""
    kind: Literal["text", "address", "whole", "number", "switch", "choice"] = "text"
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    default: str | None = None
    """What the engine takes where nothing is sent, as documented. None: nothing, or not documented."""
    models: tuple[str, ...] = ()
    """The models that take it; empty for all."""
    place: Literal["body", "query", "header", "call"] = "body"
    """`call`: it is not sent, but decides how the request is made."""
    path: tuple[str, ...] | None = None
    """Where it stands in the body. None: where the dots of its name lead."""
    claimed: bool = False
    """It changes the performance, so it is part of the claim on a cue."""
    secret: bool = False
    """It may carry a credential: no plan keeps it, nothing prints it."""
    caution: tuple[float, str] | None = None
    """Below this number, this is said."""
    about: str = ""

    def read(self, text: str) -> Any:
        """The value that the text means, of the field's own type. Raises ValueError with what is allowed."""
        if self.secret and text == self.placeholder:
            return text
        return _READERS[self.kind](self, text.strip())

    def fits(self, model: str) -> bool:
        """Whether `model` takes it."""
        return not self.models or model in self.models

    def nested(self, value: Any) -> dict[str, Any]:
        """The value where it stands in the body."""
        for step in reversed(self.path or self.name.split(".")):
            value = {step: value}
        return dict(value)

    @property
    def placeholder(self) -> str:
        """What a plan shows instead of a secret."""
        return f"<{self.name}>"


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The options of one engine, and which of its other fields have a word in the grammar."""

    engine: str
    options: tuple[Option, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """The engine's name of a field → the word that directs it."""

    def values(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The values by field name.

        Raises:
            SettingsError: a field that the engine does not have, or a value that the field does not take.

        """
        known = {option.name: option for option in self.options}
        values: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in known:
                raise SettingsError(f"{self.engine} has no field “{name}”.", fix=self._instead(name))
            try:
                values[name] = known[name].read(text)
            except ValueError as error:
                message = f"{self.engine}.{name} takes {error}, not “{text}”."
                raise SettingsError(message, fix=known[name].about or None) from error
        return values

    def body(self, texts: Mapping[str, str], *, model: str) -> dict[str, Any]:
        """What goes into the body of a request to `model`, nested as it stands there."""
        values = self.values(texts)
        nested: dict[str, Any] = {}
        for option in self.options:
            if option.name in values and option.place == "body" and option.fits(model):
                merge(nested, option.nested(values[option.name]))
        return nested

    def claimed(self, texts: Mapping[str, str], *, model: str) -> dict[str, Any]:
        """The chosen values that change the performance of `model`."""
        values = self.values(texts)
        claims = [option.name for option in self.options if option.claimed and option.fits(model)]
        return {name: values[name] for name in claims if name in values}

    def public(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts as a plan may keep them: a placeholder for each secret."""
        secrets = {option.name: option.placeholder for option in self.options if option.secret}
        return {name: secrets.get(name, text) for name, text in texts.items()}

    def cautions(self, texts: Mapping[str, str], *, model: str) -> tuple[str, ...]:
        """What a user should know of the values chosen: of odd ones, and of those that `model` does not take."""
        values = self.values(texts)
        return tuple(
            said
            for option in self.options
            if option.name in values and (said := self._caution(option, values[option.name], model))
        )

    def _caution(self, option: Option, value: Any, model: str) -> str | None:
        if not option.fits(model):
            return f"{self.engine} {model} takes no {option.name}: it is not sent."
        if option.caution and value < option.caution[0]:
            return f"{self.engine}.{option.name} is {value}: {option.caution[1]}"
        return None

    def _instead(self, name: str) -> str:
        if name in self.words:
            return f"A mark directs it, with the word `{self.words[name]}`."
        known = tuple(option.name for option in self.options)
        close = nearest(name, known)
        if close:
            return f"Did you mean {' or '.join(f'{self.engine}.{one}' for one in close)}?"
        if not known:
            return "Marks direct all that it takes; it has no options."
        return f"Its options: {', '.join(known)}."


def merge(into: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """`into`, with the values of `extra` set at the same depth."""
    for name, value in extra.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value
    return into


def _text(_option: Option, text: str) -> str:
    if not text:
        raise ValueError("a text")
    return text


def _address(_option: Option, text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("an address (https://…)")
    return text


def _whole(option: Option, text: str) -> int:
    try:
        return int(_within(option, Fraction(int(text))))
    except ValueError:
        raise ValueError(f"a whole number{_range(option)}") from None


def _number(option: Option, text: str) -> float:
    try:
        return float(_within(option, Fraction(text)))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"a number{_range(option)}") from None


def _within(option: Option, number: Fraction) -> Fraction:
    if (option.least is not None and number < option.least) or (option.most is not None and number > option.most):
        raise ValueError
    return number


def _range(option: Option) -> str:
    if option.most is None:
        return f" from {option.least:g}" if option.least is not None else ""
    return f" from {option.least or 0:g} to {option.most:g}"


def _switch(_option: Option, text: str) -> bool:
    words = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    if text.casefold() not in words:
        raise ValueError("on or off")
    return words[text.casefold()]


def _choice(option: Option, text: str) -> str:
    for choice in option.choices:
        if choice.casefold() == text.casefold():
            return choice
    raise ValueError(" or ".join(option.choices))


_READERS = {
    "text": _text,
    "address": _address,
    "whole": _whole,
    "number": _number,
    "switch": _switch,
    "choice": _choice,
}
