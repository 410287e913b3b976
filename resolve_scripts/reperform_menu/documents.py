"""JSON files of ours, written so that a reader never sees half of one."""

import json
import os
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read(path: str) -> "dict[str, Any]":
    """What the file holds; empty where there is none, or no object in it."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: str, document: "dict[str, Any]") -> None:
    """All of it or nothing."""
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, ensure_ascii=False)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
