"""Whether settings fit, and what is said of those that do not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from reperform.errors import SettingsError
from reperform.settings.fields import Settings

__all__ = ["COMMAND_LINE", "ENVIRONMENT", "nearest", "refuse_unfit"]

COMMAND_LINE, ENVIRONMENT = "command line", "environment"
"""Origins that are no file."""


def refuse_unfit(layer: Mapping[str, Any], origin: str) -> None:
    """Raises SettingsError for the first setting that there is not, or whose value does not fit; `origin` says where it stands."""
    for name in layer:
        if name not in Settings.model_fields:
            raise SettingsError(f"There is no setting `{name}` ({origin}).", fix=nearest(name))
    try:
        Settings(**layer)
    except ValidationError as error:
        found = error.errors()[0]
        name = ".".join(map(str, found["loc"][:2])) if found["loc"][0] == "checks" else str(found["loc"][0])
        raise SettingsError(
            f"{_written(name, found['input'], origin)} does not fit.", fix=_should(found["msg"])
        ) from error


def _written(name: str, value: object, origin: str) -> str:
    """The setting as it was written there: an option, a variable, a line of a file."""
    said = "true" if value is True else "false" if value is False else str(value)
    if origin == COMMAND_LINE:
        return f"`--{'for' if name == 'for_editor' else name.replace('_', '-')} {said}`"
    if origin == ENVIRONMENT:
        return f"`REPERFORM_{name.upper()}={said}` in the environment"
    return f"`{name} = {said}` in {origin}"


def _should(message: str) -> str:
    """What a validator says, as a sentence on what to write."""
    sentence = message.removeprefix("Value error, ").replace("Input should be", "It should be").replace("'", "")
    for said, plain in _PLAIN.items():
        sentence = re.sub(said, plain, sentence)
    return f"{sentence}."


_PLAIN = {
    r"a valid integer.*": "a whole number",
    r"a valid boolean.*": "true or false",
    r"Extra inputs are not permitted": "There is no such name",
    r"greater than or equal to (\d+)": r"\1 or more",
    r"less than or equal to (\d+)": r"\1 or less",
}


def nearest(name: str) -> str:
    """Which setting may have been meant, as a sentence."""
    near = get_close_matches(name, Settings.model_fields, 1)
    return f"Did you mean `{near[0]}`?" if near else "`reperform doctor` lists the settings."
