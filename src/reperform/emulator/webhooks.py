"""Webhooks, signed as each maker documents it. Only this machine is ever called."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reperform.errors import SettingsError

if TYPE_CHECKING:
    from reperform.emulator.world import World

__all__ = ["FalSigner", "put_result", "send", "send_signed_by_sync"]

_LOOPBACK = ("127.0.0.1", "localhost")
_TIMEOUT = 5.0


async def send_signed_by_sync(world: World, address: str, body: dict[str, Any]) -> None:
    """One POST with `Sync-Signature`: HMAC-SHA256 over time and body. It is not repeated."""
    raw = json.dumps(body).encode()
    time = str(int(world.now()))
    mac = hmac.new(world.webhook_secret.encode(), f"{time}.".encode() + raw, hashlib.sha256)
    await send(world, "POST", address, raw, {"Sync-Signature": f"t={time},v1={mac.hexdigest()}"})


class FalSigner:
    """fal's ED25519 key, and the JWKS that publishes it."""

    def __init__(self) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError as error:
            raise SettingsError(
                "fal's webhooks are signed with ED25519, which needs the package cryptography",
                fix="Install it: pip install 'reperform[webhooks]'",
            ) from error
        self._key = Ed25519PrivateKey.generate()
        self.user_id = f"user_{secrets.token_hex(6)}"

    def jwks(self) -> dict[str, Any]:
        """As `/.well-known/jwks.json` has it."""
        raw = self._key.public_key().public_bytes_raw()
        key = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": key, "use": "sig", "alg": "EdDSA", "kid": "emulator"}]}

    def headers(self, request_id: str, time: int, raw: bytes) -> dict[str, str]:
        """The four headers of one delivery."""
        message = "\n".join([request_id, self.user_id, str(time), hashlib.sha256(raw).hexdigest()])
        return {
            "X-Fal-Webhook-Request-Id": request_id,
            "X-Fal-Webhook-User-Id": self.user_id,
            "X-Fal-Webhook-Timestamp": str(time),
            "X-Fal-Webhook-Signature": self._key.sign(message.encode()).hex(),
        }


async def put_result(world: World, address: str, path: Path, content_type: str) -> None:
    """Runware's `uploadEndpoint`: the result's bytes as the body of a PUT."""
    raw = await asyncio.to_thread(path.read_bytes)
    await send(world, "PUT", address, raw, {}, content_type=content_type)


async def send(
    world: World,
    method: str,
    address: str,
    raw: bytes,
    headers: dict[str, str],
    *,
    content_type: str = "application/json",
) -> int:
    """One request to this machine; its status, 0 where nobody answered or the address is another machine's."""
    status = await asyncio.to_thread(_sent, method, address, raw, headers | {"Content-Type": content_type})
    world.hooks.append((address, status))
    return status


def _sent(method: str, address: str, raw: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return 0
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=_TIMEOUT)
    try:
        connection.request(
            method, f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/", raw, headers
        )
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
