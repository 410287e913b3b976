"""The LUT of a plan, kept in the project: what was sent through it can be conformed when the file that was named is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import LedgerError, SettingsError
from reperform.files import write_atomically
from reperform.model import InputLut, PlanSettings, TakeViewing

if TYPE_CHECKING:
    from reperform.media.viewing.base import Viewing

__all__ = ["at_home", "first_kept", "keep", "kept", "view_of"]

_FOLDER = "luts"


def keep(settings: PlanSettings, project: Path) -> PlanSettings:
    """The settings with the project's own copy of their LUT, made now where there is none.

    Raises:
        SettingsError: there is none, and the file that was named is not there, is no LUT, or has changed since.
        LedgerError: the copy cannot be written.

    """
    lut = settings.input_lut
    if lut is None or (home := _home(lut.sha256, project)).is_file():
        return at_home(settings, project)
    from reperform.media.viewing.cube import cube_of

    cube_of(lut)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(home, lut.path.read_bytes())
    except OSError as error:
        said = error.strerror or str(error)
        raise LedgerError(f"{home} cannot be written: {said}", fix="Make room or give write access.") from error
    return at_home(settings, project)


def at_home(settings: PlanSettings, project: Path) -> PlanSettings:
    """The settings with the project's own copy of their LUT, where it has one."""
    lut = settings.input_lut
    if lut is None or not (home := _home(lut.sha256, project)).is_file():
        return settings
    return settings.model_copy(update={"input_lut": lut.model_copy(update={"path": home})})


def kept(viewing: TakeViewing | None, project: Path) -> InputLut | None:
    """The project's own copy of the LUT that a take was made through; None where it was made through none, or there is no copy."""
    if viewing is None or viewing.sha256 is None or not (home := _home(viewing.sha256, project)).is_file():
        return None
    return InputLut(path=home, name=viewing.name, sha256=viewing.sha256)


def first_kept(viewings: Iterable[TakeViewing | None], project: Path) -> InputLut | None:
    """That of the first of several takes that has one."""
    return next((lut for viewing in viewings if (lut := kept(viewing, project))), None)


def view_of(said: Iterable[Mapping[str, Any] | None], project: Path) -> Viewing | None:
    """How footage is looked at of which takes were made through a LUT, by what a timeline says of them (`viewing`).

    None where none of them names a LUT that the project keeps and that can be read: a timeline is anybody's.
    """
    from reperform.media.viewing.cube import cube_of

    for each in said:
        with suppress(SettingsError, ValueError):
            if each and (lut := kept(TakeViewing.model_validate(each), project)):
                return cube_of(lut)
    return None


def _home(sha256: str, project: Path) -> Path:
    if len(sha256) != 64 or not all(digit in "0123456789abcdef" for digit in sha256):
        raise SettingsError(f"“{sha256}” is no SHA-256 of a LUT.", fix="Make the plan again.")
    return project / _FOLDER / f"{sha256}.cube"
