from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulated import Client

Uploaded = dict[str, tuple[str, str]]


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is sent to it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]  # set below
        self.send_response(204)
        self.end_headers()

    do_PUT = do_POST  # noqa: N815 - its caller's name

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its caller's name
        pass


@pytest.fixture
def hook() -> Iterator[Any]:
    """A webhook's receiver: its address, and what came."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    server.got = []  # type: ignore[attr-defined]  # for the handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address_of(hook: Any) -> str:
    return f"http://127.0.0.1:{hook.server_port}/done?token=t"


def received(hook: Any, count: int) -> list[Any]:
    for _ in range(500):
        if len(hook.got) >= count:
            break
        time.sleep(0.01)
    return list(hook.got)


def test_the_same_key_gives_the_first_answer_again_and_is_billed_once(client: Client, uploaded: Uploaded) -> None:
    """Idempotency-Key: the same body replays the original 201, another body is a conflict."""
    before = client.bills()
    body, headers = client.body("sync", *uploaded["sync"]), {"Idempotency-Key": "attempt-1"}
    first = client.submit("sync", body, headers=headers)
    client.states("sync", first.json()["id"])
    again = client.submit("sync", body, headers=headers)
    other = client.submit("sync", body | {"outputFileName": "x"}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["errorCode"]) == (409, "generation_conflict")
    assert client.bills() == before + 1


@pytest.mark.parametrize(
    "key", ["", "with space", "x" * 129, "a/b", "ü"], ids=["empty", "space", "long", "slash", "umlaut"]
)
def test_a_malformed_key_is_refused(key: str, client: Client, uploaded: Uploaded) -> None:
    """1 to 128 letters, digits and . _ ~ + -."""
    headers: Any = {"Idempotency-Key": key.encode()}
    answer = client.submit("sync", client.body("sync", *uploaded["sync"]), headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "INVALID_IDEMPOTENCY_KEY")


def test_sync_may_not_know_whether_it_took_a_job(client: Client, uploaded: Uploaded) -> None:
    """IDEMPOTENCY_OUTCOME_UNKNOWN with the job's id: it was taken, and is billed once."""
    before = client.bills()
    client.emulator.fault("sync", "submit", "outcome_unknown")
    answer = client.submit("sync", client.body("sync", *uploaded["sync"]), headers={"Idempotency-Key": "attempt-2"})
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "IDEMPOTENCY_OUTCOME_UNKNOWN")
    assert client.states("sync", answer.json()["generationId"])[-1] == "COMPLETED"
    assert client.bills() == before + 1


def test_a_long_poll_waits_for_the_end(started: Any, video: Path, audio: Path) -> None:
    """One call comes back when the job is done, or when its time is up."""
    client = started(run_seconds=1.5)
    body = client.body("sync", client.upload("sync", video), client.upload("sync", audio))
    identity = client.submit("sync", body).json()["id"]
    early = client.call("sync", "GET", f"/v2/generate/{identity}?wait=true&timeout=1")
    late = client.call("sync", "GET", f"/v2/generate/{identity}?wait=true&timeout=10")
    assert [answer.json()["status"] for answer in (early, late)] == ["PROCESSING", "COMPLETED"]
    assert (late.headers["x-sync-wait-mode"], late.headers["retry-after"]) == ("long_poll", "2")
    assert client.call("sync", "GET", f"/v2/generate/{identity}?wait=true&timeout=11").status_code == 400
    progress = client.call("sync", "GET", f"/v2/generate/{identity}?include=progress").json()
    assert progress["progress_percent"] == 100


def test_a_job_is_found_by_its_name_in_the_list(client: Client, uploaded: Uploaded) -> None:
    """`outputFileName` and `createdAt` come back, the newest first; ids and status narrow it."""
    body = client.body("sync", *uploaded["sync"]) | {"outputFileName": "attempt_7"}
    identity = client.finished("sync", body)
    listed = client.call("sync", "GET", "/v2/generations?status=COMPLETED").json()
    assert (listed[0]["id"], listed[0]["outputFileName"]) == (identity, "attempt_7")
    only = client.call("sync", "GET", f"/v2/generations?ids={identity}").json()
    assert [one["id"] for one in only] == [identity]
    assert client.call("sync", "GET", "/v2/generations?limit=101").status_code == 400
    first = client.call("sync", "GET", "/v2/generations?limit=1")
    assert (len(first.json()), first.headers["x-next-cursor"]) == (1, "1")


def test_prices_are_told_before_and_after(client: Client, uploaded: Uploaded) -> None:
    """25 frames are one second of Sync's table, before and after."""
    asked = {"model": "react-1", "duration": 1, "fps": 25}
    estimate = {"estimatedFrameCount": 25, "estimatedGenerationCost": 0.167, "estimatedCredits": None}
    for path in ("/v2/generations/estimate", "/v2/generate/estimate-cost"):
        assert client.call("sync", "POST", path, json=asked).json() == estimate
    body = client.body("sync", *uploaded["sync"])
    legacy = client.call("sync", "POST", "/v2/analyze/cost", json=body)
    assert legacy.json() == [{"estimatedFrameCount": 25, "estimatedGenerationCost": 0.167}]
    identity = client.finished("sync", body)
    assert client.call("sync", "GET", f"/v2/generate/{identity}/costs").json()["cost"] == 0.167


def test_a_generation_is_downloaded_and_deleted(started: Any, video: Path, audio: Path) -> None:
    """The signed address as plain text; deletion only once it is over, and then it is gone with its file."""
    client = started(run_seconds=0.5)
    body = client.body("sync", client.upload("sync", video), client.upload("sync", audio))
    identity = client.submit("sync", body).json()["id"]
    busy = client.call("sync", "DELETE", f"/v2/generations/{identity}")
    assert (busy.status_code, busy.json()["errorCode"]) == (409, "generation_not_deletable_while_processing")
    client.states("sync", identity)
    address = client.call("sync", "GET", f"/v2/generations/{identity}/download").text
    assert client.http.get(address).is_success
    assert client.call("sync", "DELETE", f"/v2/generations/{identity}").status_code == 204
    assert [client.http.get(address).status_code, client.poll("sync", identity).status_code] == [403, 404]


def test_media_go_in_as_a_form_and_as_assets(client: Client, uploaded: Uploaded, video: Path, audio: Path) -> None:
    """Multipart with nested fields as JSON strings; assets registered and named by their id."""
    with video.open("rb") as picture, audio.open("rb") as sound:
        files = {"video": ("v.mp4", picture, "video/mp4"), "audio": ("a.wav", sound, "audio/x-wav")}
        data = {"model": "react-1", "options": json.dumps({"sync_mode": "silence"})}
        answer = client.call("sync", "POST", "/v2/generate", files=files, data=data)
    assert client.states("sync", answer.json()["id"])[-1] == "COMPLETED"
    ids = []
    for url, kind in zip(uploaded["sync"], ("VIDEO", "AUDIO"), strict=True):
        made = client.call("sync", "POST", "/v2/assets", json={"url": url, "type": kind})
        ids.append(made.json()["id"])
        assert client.call("sync", "GET", f"/v2/assets/{ids[-1]}").json()["type"] == kind
    body = client.body("sync", "", "")
    body["input"] = [{"type": "video", "assetId": ids[0]}, {"type": "audio", "assetId": ids[1]}]
    assert client.states("sync", client.submit("sync", body).json()["id"])[-1] == "COMPLETED"
    body["input"][0]["assetId"] = "nothing"
    assert client.submit("sync", body).json()["errorCode"] == "asset_not_found"


PUTS = [
    ("another type", {"Content-Type": "video/webm"}, b"1234", 403),
    ("another length", {"Content-Type": "video/mp4"}, b"12345", 400),
    ("a key", {"Content-Type": "video/mp4", "x-api-key": "x"}, b"1234", 400),
]


@pytest.mark.parametrize(("headers", "data", "status"), [row[1:] for row in PUTS], ids=[row[0] for row in PUTS])
def test_an_upload_address_takes_only_what_was_announced(
    headers: dict[str, str], data: bytes, status: int, client: Client
) -> None:
    """The same Content-Type, the same length, and no key."""
    asked = {"fileName": "v.mp4", "contentType": "video/mp4", "size": 4}
    place = client.call("sync", "POST", "/v2/assets/upload", json=asked).json()["uploadUrl"]
    assert client.http.put(place, content=data, headers=headers).status_code == status


def test_the_webhook_is_signed_over_its_time_and_body(client: Client, uploaded: Uploaded, hook: Any) -> None:
    """Sync-Signature: t=…,v1=HMAC-SHA256(secret, t + "." + body), with the secret of the account."""
    body = client.body("sync", *uploaded["sync"]) | {"webhookUrl": address_of(hook), "outputFileName": "n"}
    identity = client.finished("sync", body)
    secret = client.call("sync", "GET", "/v2/organizations/webhook/secret").json()["secret"]
    path, headers, raw = received(hook, 1)[0]
    time_part, _, mac = headers["Sync-Signature"].partition(",v1=")
    wanted = hmac.new(secret.encode(), f"{time_part[2:]}.".encode() + raw, hashlib.sha256).hexdigest()
    said = json.loads(raw)
    assert (path, mac, said["status"], said["id"]) == ("/done?token=t", wanted, "COMPLETED", identity)
    assert "outputFileName" not in said


def test_runwares_webhooks_and_uploads_are_not_signed(client: Client, uploaded: Uploaded, hook: Any) -> None:
    """One POST for each result, flat, and the result's bytes by PUT to the upload endpoint."""
    body = client.body("runware", *uploaded["runware"]) | {"numberResults": 2}
    body |= {"webhookURL": address_of(hook), "uploadEndpoint": address_of(hook)}
    identity = client.finished("runware", body)
    got = received(hook, 4)
    said = [json.loads(raw) for _, headers, raw in got if headers["Content-Type"] == "application/json"]
    assert [(one["taskUUID"], one["status"]) for one in said] == [(identity, "success")] * 2
    assert sum(headers["Content-Type"] == "video/mp4" for _, headers, _ in got) == 2


def test_fals_webhook_is_signed_with_a_published_key(client: Client, uploaded: Uploaded, hook: Any) -> None:
    """ED25519 over request, user, time and the body's digest, with a key of the JWKS."""
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    import base64

    from emulated import FAL

    body = client.body("fal", *uploaded["fal"])
    answer = client.call("fal", "POST", FAL, json=body, params={"fal_webhook": address_of(hook)})
    _, headers, raw = received(hook, 1)[0]
    key = client.http.get(f"{client.emulator.base_url}/.well-known/jwks.json").json()["keys"][0]
    public = ed25519.Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
    named = [headers[f"X-Fal-Webhook-{part}"] for part in ("Request-Id", "User-Id", "Timestamp")]
    message = "\n".join([*named, hashlib.sha256(raw).hexdigest()])
    public.verify(bytes.fromhex(headers["X-Fal-Webhook-Signature"]), message.encode())
    said = json.loads(raw)
    assert (said["status"], said["request_id"], named[0]) == ("OK", answer.json()["request_id"], said["request_id"])
