"""fal's webhooks: only what one of fal's published keys signed, and only now, is taken for fal's."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from reperform.emulator import Emulator
from reperform.emulator.webhooks import FalSigner
from reperform.engines import webhooks
from reperform.errors import NotGenuine, SettingsError

pytest.importorskip("cryptography", reason="fal signs with ED25519, which needs the extra `webhooks`")

BODY = b'{"request_id": "r1", "status": "OK", "payload": {}}'
NOW = 1_795_000_000


@pytest.fixture(scope="module")
def signer() -> FalSigner:
    return FalSigner()


def verify(headers: dict[str, str], jwks: Any, body: bytes = BODY) -> Any:
    return webhooks.verify("fal", headers=headers, body=body, jwks=jwks, now=float(NOW))


@pytest.mark.parametrize("off", [-299, 0, 299])
def test_what_fal_signed_is_read(off: int, signer: FalSigner) -> None:
    """Within five minutes, by any key of the set, whatever else stands in it."""
    odd: list[Any] = [{"kty": "RSA"}, {"x": "!"}, {"x": "AAAA"}, None, *FalSigner().jwks()["keys"]]
    jwks = {"keys": [*odd, *signer.jwks()["keys"]]}
    assert verify(signer.headers("r1", NOW + off, BODY), jwks)["request_id"] == "r1"


def changed(headers: dict[str, str], **other: str) -> dict[str, str]:
    return headers | {f"X-Fal-Webhook-{name.replace('_', '-').title()}": text for name, text in other.items()}


@pytest.mark.parametrize(
    ("other", "body"),
    [
        ({}, BODY + b" "),
        ({"request_id": "r2"}, BODY),
        ({"user_id": "another"}, BODY),
        ({"timestamp": str(NOW + 1)}, BODY),
        ({"timestamp": "now"}, BODY),
        ({"signature": "00" * 64}, BODY),
        ({"signature": "é"}, BODY),
        ({"signature": ""}, BODY),
    ],
    ids=["body", "request", "user", "time", "no time", "signature", "no hex", "unsigned"],
)
def test_everything_else_is_refused(other: dict[str, str], body: bytes, signer: FalSigner) -> None:
    """Changed, or signed by nobody."""
    with pytest.raises(NotGenuine):
        verify(changed(signer.headers("r1", NOW, BODY), **other), signer.jwks(), body)


def test_old_ones_and_other_signers_are_refused(signer: FalSigner) -> None:
    """Sent again later, or signed with a key that is not published."""
    with pytest.raises(NotGenuine):
        verify(signer.headers("r1", NOW - 301, BODY), signer.jwks())
    others: list[Any] = [FalSigner().jwks(), {"keys": []}, {}, []]
    for jwks in others:
        with pytest.raises(NotGenuine):
            verify(signer.headers("r1", NOW, BODY), jwks)
    with pytest.raises(SettingsError):
        verify(signer.headers("r1", NOW, BODY), None)


def test_the_keys_are_fetched() -> None:
    """From where fal publishes them."""
    with Emulator() as emulator:
        jwks: list[Any] = []

        async def fetched() -> None:
            jwks.append(await webhooks.fal_jwks(base_url=emulator.base_url))

        anyio.run(fetched)
        assert emulator.world.fal_signer is not None
        assert verify(emulator.world.fal_signer.headers("r1", NOW, BODY), jwks[0])["status"] == "OK"
