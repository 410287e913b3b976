"""Files and folders that appear complete or not at all: written beside their place, flushed, renamed into it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["atomic_folder", "atomic_output", "link_or_copy", "write_atomically"]


@contextmanager
def atomic_output(path: Path) -> Iterator[Path]:
    """A temporary path in the folder of `path`, with its ending; renamed to `path` when the block ends without an error.

    What was written is on the disk before the rename, the rename before the block's end. After an error nothing
    remains, and an earlier `path` stands as it was. The block must create the file and have closed it.

    Raises:
        FileNotFoundError: the folder is not there, or the block wrote nothing.

    """
    temporary = path.with_name(f".{path.stem[:80]}.{secrets.token_hex(6)}.part{path.suffix}")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A new folder beside `path`, renamed to it with all its files when the block ends without an error.

    Its files are on the disk before the rename. A folder that stood at `path` is replaced as a whole. After an error nothing
    remains of the new one, and the old one stands. The block must have closed its files, and put no folders into it.
    """
    temporary, aside = (path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.{end}") for end in ("part", "old"))
    temporary.mkdir()
    try:
        yield temporary
        for file in temporary.iterdir():
            _flush(file)
        _flush_folder(temporary)
        if path.exists():
            path.replace(aside)
        temporary.replace(path)
    except BaseException:
        if aside.exists() and not path.exists():
            aside.replace(path)
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _flush_folder(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


def write_atomically(path: Path, data: bytes) -> None:
    """`data` at `path`, complete or not at all."""
    with atomic_output(path) as temporary:
        temporary.write_bytes(data)


def link_or_copy(source: Path, into: Path) -> None:
    """The same file under another name where the file system can, else a copy."""
    with suppress(OSError):
        os.link(source, into)
        return
    shutil.copyfile(source, into)


def _flush(path: Path) -> None:
    # Windows flushes only through a descriptor that may write.
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    """A rename is durable once its folder is; Windows and some network shares cannot flush one, and need not."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
