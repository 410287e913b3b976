"""Shows a take of each shot in whatever timeline OTIO reads, if that is asked for; else does nothing.

Asked for by the hook's argument `reperform_take` (`otioconvert -H reperform_take=2`) or by REPERFORM_TAKE in the environment,
for programs that pass no arguments: `original`, `newest`, a take's number, or its key, such as `take_002`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

__all__ = ["hook_function"]


def hook_function(in_timeline: Any, argument_map: Mapping[str, Any] | None = None) -> Any:
    """The same object, with the asked take of every shot in place. Raises ValueError for a word that means no take."""
    wanted = (argument_map or {}).get("reperform_take") or os.environ.get("REPERFORM_TAKE")
    if wanted is None or wanted == "":
        return in_timeline
    from reperform.otio_plugin.picking import pick

    pick(in_timeline, str(wanted))
    return in_timeline
