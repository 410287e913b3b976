"""Sync's webhooks: only what Sync signed, and only now, is taken for Sync's."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from reperform.credentials import Secret
from reperform.engines import webhooks
from reperform.errors import NotGenuine, SettingsError

SECRET = "whsec_0123456789"
BODY = b'{"status": "COMPLETED", "id": "g1"}'
NOW = 1_795_000_000.0


def sign(body: bytes = BODY, *, stamp: str = "1795000000", secret: str = SECRET) -> str:
    code = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={code}"


def verify(headers: dict[str, str], body: bytes = BODY, secret: Secret | str | None = SECRET) -> object:
    return webhooks.verify("sync", headers=headers, body=body, secret=secret, now=NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sync-Signature": sign()},
        {"sync-signature": sign()},
        {"X-Signature-Primary": sign()},
        {"Sync-Signature": sign().replace(",", ", ")},
        {"Sync-Signature": f"{sign()},v1=00"},
        {"Sync-Signature": sign(stamp="1795000299")},
        {"Sync-Signature": sign(stamp="1794999701")},
    ],
)
def test_what_sync_signed_is_read(headers: dict[str, str]) -> None:
    """Under either of the header's names, in any case, within five minutes, with an older secret's code beside it."""
    assert verify(headers) == {"status": "COMPLETED", "id": "g1"}
    assert verify(headers, secret=Secret(SECRET)) == {"status": "COMPLETED", "id": "g1"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"Sync-Signature": ""}, BODY),
        ({"Sync-Signature": "v1=00"}, BODY),
        ({"Sync-Signature": "t=1795000000"}, BODY),
        ({"Sync-Signature": sign(secret="another")}, BODY),
        ({"Sync-Signature": sign()}, BODY + b" "),
        ({"Sync-Signature": sign(stamp="1795000301")}, BODY),
        ({"Sync-Signature": sign(stamp="1794999699")}, BODY),
        ({"Sync-Signature": sign(stamp="²")}, BODY),
        ({"Sync-Signature": sign().replace("t=1795000000", "t=1795000001")}, BODY),
        ({"Sync-Signature": sign() + "é"}, BODY),
        ({"Sync-Signature": sign(b"no json")}, b"no json"),
    ],
)
def test_everything_else_is_refused(headers: dict[str, str], body: bytes) -> None:
    """Unsigned, signed by another, changed, or sent again later."""
    with pytest.raises(NotGenuine):
        verify(headers, body)


def test_what_cannot_be_verified_says_so() -> None:
    """No secret, or an engine that signs nothing."""
    with pytest.raises(SettingsError):
        verify({"Sync-Signature": sign()}, secret=None)
    with pytest.raises(SettingsError):
        webhooks.verify("segmind", headers={}, body=BODY)
    assert "sync" in webhooks.signed()
