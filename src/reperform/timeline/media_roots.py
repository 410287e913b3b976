"""Looking for media that moved: by name, under the folders that the user gave."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from reperform.errors import SettingsError
from reperform.timeline.image_names import PICTURES

__all__ = ["MediaRoots"]

_PROXY = ("_proxy", "-proxy", ".proxy", " proxy", "_prx", "_lowres", "_offline")
"""What editors add to a name when they make a smaller file of it."""

_MOVIES = frozenset({".mov", ".mxf", ".mp4", ".m4v", ".avi", ".mkv", ".mts", ".m2ts", ".mpg", ".webm"})


class MediaRoots:
    """The files under some folders. They are listed once, when the first file is missed; none is opened."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    def __bool__(self) -> bool:
        return bool(self._roots)

    @property
    def text(self) -> str:
        """The folders, as a message says them."""
        return ", ".join(str(root) for root in self._roots)

    def named(self, name: str) -> list[Path]:
        """The files of this name, whatever its case and however its letters are composed, in order of their paths.

        Raises:
            SettingsError: a root is no folder.

        """
        return self._files.get(_plain(name), [])

    def like(self, name: str) -> list[Path]:
        """The files of this name with another ending, or without what marks it as a proxy. Not those that `named` gives.

        Raises:
            SettingsError: a root is no folder.

        """
        stems = {_stem(_plain(name)), _without_proxy(_stem(_plain(name))), _plain(name)}
        found = {path for stem in stems for path in self._stems.get(stem, ())}
        return sorted(found.difference(self.named(name)))

    def holding(self, word: str) -> list[Path]:
        """The files whose name holds a word, such as a reel, in any case.

        Raises:
            SettingsError: a root is no folder.

        """
        plain = _plain(word)
        return sorted(path for name, paths in self._files.items() if plain in name for path in paths) if plain else []

    def beginning(self, prefix: str) -> list[Path]:
        """The files whose name begins so, in any case.

        Raises:
            SettingsError: a root is no folder.

        """
        plain = _plain(prefix)
        return sorted(path for name, paths in self._files.items() if name.startswith(plain) for path in paths)

    def movies(self) -> list[Path]:
        """The files whose ending is that of a movie, in order of their paths.

        Raises:
            SettingsError: a root is no folder.

        """
        return sorted(path for paths in self._files.values() for path in paths if path.suffix.lower() in _MOVIES)

    def pictures(self) -> dict[Path, list[str]]:
        """By folder, the names of the files whose ending is that of a picture of a sequence.

        Raises:
            SettingsError: a root is no folder.

        """
        found: dict[Path, list[str]] = defaultdict(list)
        for paths in self._files.values():
            for path in paths:
                if path.suffix.lower() in PICTURES:
                    found[path.parent].append(path.name)
        return dict(found)

    @cached_property
    def _stems(self) -> dict[str, list[Path]]:
        stems: dict[str, list[Path]] = defaultdict(list)
        for name, paths in self._files.items():
            stems[_stem(name)] += paths
        return stems

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


def _stem(plain: str) -> str:
    return os.path.splitext(plain)[0]  # noqa: PTH122 - a name, not a path


def _without_proxy(stem: str) -> str:
    return next((stem.removesuffix(end) for end in _PROXY if stem.endswith(end) and stem != end), stem)
