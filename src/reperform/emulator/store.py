"""The emulator's storage: what was uploaded and what was made, each behind an address that cannot be guessed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

__all__ = ["Store", "Stored"]


@dataclass
class Stored:
    """One file, or the place for one."""

    engine: str
    name: str
    content_type: str
    path: Path
    secret: str
    signature: str | None
    """Demanded in the address's query where there is one."""
    size: int | None = None
    """Bytes announced, where they were."""
    expires_at: float | None = None
    gone: bool = False
    result: bool = False
    asset_id: str = ""
    parts: dict[int, tuple[str, Path]] = field(default_factory=dict)
    """Of a multi-part upload: the ETag and the bytes of each."""
    upload_id: str = ""

    @property
    def complete(self) -> bool:
        """Whether its bytes are there."""
        return self.path.exists()


class Store:
    """All files of one emulator."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self.folder = folder
        self._now = now
        self._files: dict[str, Stored] = {}

    def place(
        self,
        engine: str,
        name: str,
        content_type: str,
        *,
        signed: bool = False,
        seconds: float | None = None,
        path: Path | None = None,
    ) -> Stored:
        """A place for a file, at `path` or at one of its own. `seconds` is how long it stays; None for good."""
        secret = secrets.token_urlsafe(18)
        stored = Stored(
            engine=engine,
            name=Path(name).name or "file",
            content_type=content_type,
            path=path or self.folder / secret,
            secret=secret,
            signature=secrets.token_hex(16) if signed else None,
            expires_at=None if seconds is None else self._now() + seconds,
        )
        self._files[secret] = stored
        return stored

    def address(self, origin: str, stored: Stored) -> str:
        """Where it is fetched."""
        query = f"?X-Amz-Expires=604800&X-Amz-Signature={stored.signature}" if stored.signature else ""
        return f"{origin}/media/{stored.secret}/{quote(stored.name)}{query}"

    def at(self, address: str, origins: tuple[str, ...]) -> Stored | None:
        """What an address leads to: one of this emulator's own, complete and not gone. None for all others."""
        parts = urlsplit(address)
        place = parts.path.split("/")
        if f"{parts.scheme}://{parts.netloc}" not in origins or len(place) != 4 or place[1] != "media":
            return None
        given = next(iter(parse_qs(parts.query).get("X-Amz-Signature", [])), None)
        stored = self.get(place[2], unquote(place[3]))
        if stored is None or not self.readable(stored, given):
            return None
        return stored

    def get(self, secret: str, name: str) -> Stored | None:
        """By the parts of its address."""
        stored = self._files.get(secret)
        return stored if stored is not None and stored.name == name else None

    def by_asset(self, asset_id: str) -> Stored | None:
        """By the number it was registered under."""
        return next((stored for stored in self._files.values() if asset_id and stored.asset_id == asset_id), None)

    def assets(self, engine: str) -> list[Stored]:
        """All that were registered, oldest first."""
        return [stored for stored in self._files.values() if stored.asset_id and stored.engine == engine]

    def readable(self, stored: Stored, signature: str | None) -> bool:
        """Whether it may be fetched with this signature now."""
        signed = stored.signature is None or secrets.compare_digest(stored.signature, signature or "")
        return signed and stored.complete and not self.expired(stored)

    def expired(self, stored: Stored) -> bool:
        """Whether it was taken away."""
        return stored.gone or (stored.expires_at is not None and self._now() > stored.expires_at)

    def secrets(self) -> list[str]:
        """All that gives access to a file."""
        return [text for stored in self._files.values() for text in (stored.secret, stored.signature) if text]
