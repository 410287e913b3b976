"""The five engines' HTTP contracts, served from one loopback port over the preview's renderer, with faults on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reperform.emulator.conduct import Conduct
    from reperform.emulator.faults import Fault
    from reperform.emulator.serving import Emulator

__all__ = ["Conduct", "Emulator", "Fault"]

_HOMES = {"Conduct": "conduct", "Emulator": "serving", "Fault": "faults"}


def __getattr__(name: str) -> Any:
    """The server is imported when it is used, not with the package."""
    if name not in _HOMES:
        raise AttributeError(name)
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
