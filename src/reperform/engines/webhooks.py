"""Is a webhook's message really the engine's? For those who receive them; `run` itself polls.

    payload = webhooks.verify("sync", headers=request.headers, body=raw_body, secret="whsec…")
    payload = webhooks.verify("fal", headers=request.headers, body=raw_body, jwks=await webhooks.fal_jwks())

The body is the bytes as they came: a signature does not survive reading and writing JSON again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reperform.credentials import Secret
from reperform.errors import NotGenuine, SettingsError

__all__ = ["Message", "fal_jwks", "register", "signed", "verify"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """What came in, as a verifier needs it."""

    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    jwks: Any = field(default=None, repr=False)
    """The engine's public keys, where it publishes them as a JSON Web Key Set."""
    address: str | None = field(default=None, repr=False)
    """Where it came in, with its query; for engines that sign nothing."""
    now: float
    """Seconds since 1970."""
    tolerance: float
    """How many seconds its time may differ from ours."""

    def timely(self, stamp: str) -> None:
        """Pass where the stamp, in seconds since 1970, is now. Raises NotGenuine."""
        if not stamp.isascii() or not stamp.isdigit() or abs(self.now - int(stamp)) > self.tolerance:
            raise NotGenuine("The message's time is not now: it may be an old one, sent again.")


_VERIFIERS: dict[str, Callable[[Message], None]] = {}


def register(engine: str) -> Callable[[Callable[[Message], None]], Callable[[Message], None]]:
    """Decorates what raises NotGenuine for a message that is not the engine's."""

    def keep(verifier: Callable[[Message], None]) -> Callable[[Message], None]:
        _VERIFIERS[engine] = verifier
        return verifier

    return keep


def signed() -> tuple[str, ...]:
    """The engines whose messages can be verified."""
    return tuple(sorted(_VERIFIERS))


def verify(
    engine: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    secret: Secret | str | None = None,
    jwks: Any = None,
    address: str | None = None,
    now: float | None = None,
    tolerance: float = 300.0,
) -> Any:
    """The message, once it is known to be the engine's.

    Args:
        engine: whose message it should be.
        headers: as they came, in any case.
        body: as it came.
        secret: what the engine signs with, where it signs with a secret.
        jwks: the engine's public keys, where it signs with one that it publishes (fal). They may be kept for a day.
        address: where the message came in, with its query.
        now: seconds since 1970; the clock by default.
        tolerance: how many seconds the message's time may differ from `now`.

    Returns:
        The body, read as JSON.

    Raises:
        NotGenuine: it is not the engine's, is an old one sent again, or is no JSON.
        SettingsError: the engine signs nothing, its secret or keys were not given, or a package is missing.

    """
    if engine not in _VERIFIERS:
        raise SettingsError(f"Messages of {engine} cannot be verified.", fix=f"Known: {', '.join(signed())}.")
    message = Message(
        headers={name.lower(): text for name, text in headers.items()},
        body=body,
        secret=secret.reveal() if isinstance(secret, Secret) else secret,
        jwks=jwks,
        address=address,
        now=time.time() if now is None else now,
        tolerance=tolerance,
    )
    _VERIFIERS[engine](message)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotGenuine("The message is signed, and is not JSON.") from None


@register("runware")
def _runware(message: Message) -> None:
    """Runware signs nothing: what it was told to put into the address's query is all there is."""
    if not message.secret or message.address is None:
        raise SettingsError(
            "Runware signs nothing: a token in the webhook's address tells its messages.",
            fix="Give `runware.webhookURL` a query with a token, and here the token as `secret` and the `address`.",
        )
    given = [value.encode() for _, value in parse_qsl(urlsplit(message.address).query, keep_blank_values=True)]
    if not [one for one in given if hmac.compare_digest(one, message.secret.encode())]:
        raise NotGenuine("The message came in without the token.")


@register("sync")
def _sync(message: Message) -> None:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the time, a dot and the body. Sync's pages have two names for the header."""
    if not message.secret:
        raise SettingsError("Sync signs with the organisation's webhook secret.", fix="Give it as `secret`.")
    header = message.headers.get("sync-signature") or message.headers.get("x-signature-primary") or ""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamp = next((value for name, _, value in pairs if name == "t"), "")
    given = [value for name, _, value in pairs if name == "v1"]
    message.timely(stamp)
    wanted = hmac.new(message.secret.encode(), stamp.encode() + b"." + message.body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        raise NotGenuine("The message is not signed by Sync.")


_FAL_HEADERS = tuple(f"x-fal-webhook-{name}" for name in ("request-id", "user-id", "timestamp"))


@register("fal")
def _fal(message: Message) -> None:
    """ED25519, with one of the published keys, over request, user, time and the body's SHA-256, a line each."""
    if message.jwks is None:
        raise SettingsError("fal signs with keys that it publishes.", fix="Give them as `jwks`: `await fal_jwks()`.")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise SettingsError(
            "fal's messages are signed with ED25519, which needs the package cryptography.",
            fix="Install it: pip install 'reperform[webhooks]'",
        ) from error
    lines = [message.headers.get(name, "") for name in _FAL_HEADERS]
    message.timely(lines[2])
    signed_text = "\n".join([*lines, hashlib.sha256(message.body).hexdigest()]).encode()
    signature = _from_hex(message.headers.get("x-fal-webhook-signature", ""))
    for key in _ed25519_keys(message.jwks):
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_text)
        except InvalidSignature:
            continue
        return
    raise NotGenuine("The message is not signed by fal.")


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _ed25519_keys(jwks: Any) -> Iterator[bytes]:
    """The 32 bytes of each such key in a set; whatever else stands there is passed over."""
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    for key in keys if isinstance(keys, list) else ():
        if isinstance(key, Mapping) and isinstance(key.get("x"), str) and key.get("crv", "Ed25519") == "Ed25519":
            try:
                raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
            except (ValueError, binascii.Error):
                continue
            if len(raw) == 32:
                yield raw


async def fal_jwks(*, base_url: str | None = None) -> Any:
    """fal's public keys, for `verify`. They may be kept for a day, and are to be fetched anew then.

    Raises:
        OutOfReach: they cannot be had.

    """
    from reperform.engines._http.wire import Wire

    async with Wire(engine="fal", hosts=("rest.fal.ai",), base_url=base_url, headers={}) as wire:
        answer = await wire.get(wire.url("https://rest.fal.ai/.well-known/jwks.json"), auth=False)
        if not answer.ok:
            raise answer.unreadable("it holds no keys")
        return answer.json()
