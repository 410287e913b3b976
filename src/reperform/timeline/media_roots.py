"""Looking for media that moved: by name, under the folders that the user gave."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from reperform.errors import SettingsError

__all__ = ["MediaRoots"]


class MediaRoots:
    """The files under some folders. They are listed once, when the first file is missed."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    def named(self, name: str) -> list[Path]:
        """The files of this name, whatever its case and however its letters are composed, in order of their paths.

        Raises:
            SettingsError: a root is no folder.

        """
        return self._files.get(_plain(name), [])

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        found: dict[str, set[Path]] = defaultdict(set)
        for root in self._roots:
            if not root.is_dir():
                raise SettingsError(
                    f"--media-root: there is no folder “{root}”", fix="Check the path, or mount the disk."
                )
            for folder, folders, files in os.walk(root):
                folders[:] = [name for name in folders if not name.startswith(".") and not name.endswith(".reperform")]
                for name in files:
                    if not name.startswith("."):
                        found[_plain(name)].add(Path(folder, name))
        return {name: sorted(paths) for name, paths in found.items()}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
