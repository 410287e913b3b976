"""Runware's, Segmind's and fal's own: what the others do not have."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

import burned
from emulated import FAL, Client, data_url

Uploaded = dict[str, tuple[str, str]]
APP = "fal-ai/sync-lipsync/react-1"


def test_several_results_are_billed_together(client: Client, uploaded: Uploaded, tmp_path: Path) -> None:
    """One acknowledgement, one item a result, each with its own address, seed and share of the cost."""
    before = client.bills()
    body = client.body("runware", *uploaded["runware"]) | {"numberResults": 3, "includeCost": True}
    answer = client.submit("runware", body)
    assert answer.json() == {"data": [{"taskType": "videoInference", "taskUUID": body["taskUUID"]}]}
    client.states("runware", body["taskUUID"])
    items = client.poll("runware", body["taskUUID"]).json()["data"]
    assert [(item["resultIndex"], item["cost"]) for item in items] == [(0, 0.1467), (1, 0.1467), (2, 0.1467)]
    assert len({item["videoURL"] for item in items}) == len({item["seed"] for item in items}) == 3
    assert burned.numbers(client.download("runware", body["taskUUID"], tmp_path / "r.mp4", 2)) == list(range(25))
    bill = client.emulator.billed[before]
    assert (client.bills() - before, bill.results, bill.usd, bill.request) == (1, 3, 0.4401, body["taskUUID"])


def test_a_task_uuid_is_taken_once(client: Client, uploaded: Uploaded) -> None:
    """A repeated submit is conflictTaskUUID: it had arrived, and is billed once."""
    before = client.bills()
    body = client.body("runware", *uploaded["runware"])
    answers = [client.submit("runware", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["errors"][0]["code"] == "conflictTaskUUID"
    assert client.bills() == before + 1


def test_a_dry_run_costs_nothing(client: Client, uploaded: Uploaded) -> None:
    """It checks and prices, and the taskUUID stays free."""
    before = client.bills()
    body = client.body("runware", *uploaded["runware"])
    answer = client.submit("runware", body, headers={"X-Runware-Dry-Run": "1"})
    assert answer.json()["data"][0]["cost"] == 0.1467
    assert (client.poll("runware", body["taskUUID"]).status_code, client.bills()) == (404, before)


def test_errors_stand_beside_data(client: Client, uploaded: Uploaded) -> None:
    """Several tasks in one call, each answered for itself; a key as the first element."""
    known = client.finished("runware", client.body("runware", *uploaded["runware"]))
    tasks = [{"taskType": "getResponse", "taskUUID": uuid_} for uuid_ in (known, str(uuid.uuid4()))]
    key = {"taskType": "authentication", "apiKey": client.emulator.key("runware")}
    answer = client.http.post(f"{client.emulator.base_url}/v1", json=[key, *tasks])
    said = answer.json()
    assert (answer.status_code, said["data"][0]["taskUUID"], said["errors"][0]["code"]) == (
        200,
        known,
        "taskFailedOrNotFound",
    )
    details = client.task(taskType="getTaskDetails", taskUUID=known).json()["data"][0]
    assert details["request"][0]["taskUUID"] == known
    assert details["response"]["data"][0]["status"] == "success"


def test_inputs_may_be_data_uris_or_stored_media(client: Client, video: Path, audio: Path) -> None:
    """The video as a data URI, the sound by its mediaUUID; deleted, it is gone."""
    stored = client.task(taskType="mediaStorage", operation="upload", media=data_url(audio)).json()["data"][0]
    body = client.body("runware", data_url(video), stored["mediaUUID"])
    assert client.states("runware", client.identity("runware", client.submit("runware", body)))[-1] == "success"
    client.task(taskType="mediaStorage", operation="delete", media=stored["mediaUUID"])
    late = client.body("runware", data_url(video), stored["mediaUUID"])
    assert client.states("runware", client.identity("runware", client.submit("runware", late)))[-1] == "error"


@pytest.mark.parametrize(("form", "ending"), [("MOV", "mov"), ("WEBM", "webm")])
def test_a_result_comes_in_the_format_asked_for(
    form: str, ending: str, client: Client, uploaded: Uploaded, tmp_path: Path
) -> None:
    """Every frame, in QuickTime and in WebM."""
    body = client.body("runware", *uploaded["runware"]) | {"outputFormat": form}
    result = client.download("runware", client.finished("runware", body), tmp_path / f"r.{ending}")
    assert len(burned.numbers(result)) == 25


def test_sync_3_at_runware_has_segments_and_speech(client: Client, uploaded: Uploaded, tmp_path: Path) -> None:
    """Segments keep the picture's length; a line of 30 letters under cut_off is cut with the picture."""
    video, audio = uploaded["runware"]
    plain = {name: value for name, value in client.body("runware", video, audio).items() if name != "providerSettings"}
    plain |= {"model": "sync:3@0", "inputs": {"video": video}}
    segment = {"startTime": 0.2, "endTime": 0.6, "audio": audio, "audioStartTime": 0.2, "audioEndTime": 0.6}
    result = client.download(
        "runware", client.finished("runware", plain | {"settings": {"segments": [segment]}}), tmp_path / "s.mp4"
    )
    assert burned.numbers(result) == list(range(25))
    spoken = plain | {"taskUUID": str(uuid.uuid4()), "speech": {"text": "x" * 30, "voice": "v"}}
    result = client.download("runware", client.finished("runware", spoken), tmp_path / "l.mp4")
    assert burned.numbers(result) == list(range(25))


def test_a_record_and_an_address_grow_old(started: Any, video: Path, audio: Path) -> None:
    """Segmind forgets a job after its hour; Runware's ttl takes the result away, not the record."""
    client = started()
    old = client.finished("segmind", client.body("segmind", *(client.upload("segmind", p) for p in (video, audio))))
    body = client.body("runware", *(client.upload("runware", p) for p in (video, audio))) | {"ttl": 600}
    short = client.finished("runware", body)
    address = client.address("runware", short)
    client.emulator.advance(601)
    assert (client.http.get(address).status_code, client.poll("runware", short).status_code) == (403, 200)
    assert client.poll("segmind", old).status_code == 200
    client.emulator.advance(3600)
    assert [client.poll("segmind", old).status_code, client.result("segmind", old).status_code] == [404, 404]


def test_segmind_tells_what_a_job_cost(client: Client, uploaded: Uploaded) -> None:
    """In the metrics of the result, at the configured price."""
    identity = client.finished("segmind", client.body("segmind", *uploaded["segmind"]))
    assert client.result("segmind", identity).json()["metrics"]["cost"] == 0.15
    assert client.call("segmind", "GET", "/v1/get-user-credits").json() == {"credits": 100.0}


def test_segmind_may_take_what_it_will_not_run(started: Any, video: Path, audio: Path) -> None:
    """Switched so, a bad body is accepted with 200 and fails at run."""
    client = started(segmind_validates="run")
    body = client.body("segmind", *(client.upload("segmind", p) for p in (video, audio))) | {"prompt": "bored"}
    answer = client.submit("segmind", body)
    assert client.states("segmind", client.identity("segmind", answer))[-1] == "FAILED"


def test_fal_follows_its_queue(started: Any, video: Path, audio: Path) -> None:
    """The URLs drop the sub-path, the status is 202 until it is 200, an early result is no success, logs on request."""
    client = started(queue_seconds=0.5)
    said = client.submit("fal", client.body("fal", *(client.upload("fal", p) for p in (video, audio)))).json()
    record = f"{client.emulator.base_url}/fal-ai/sync-lipsync/requests/{said['request_id']}"
    assert (said["response_url"], said["status_url"], said["cancel_url"]) == (
        record,
        f"{record}/status",
        f"{record}/cancel",
    )
    early = client.call("fal", "GET", record)
    assert (early.status_code, early.json()["detail"]) == (400, "Request is still in progress")
    assert client.call("fal", "GET", f"{record}/status").status_code == 202
    client.states("fal", said["request_id"])
    status = client.call("fal", "GET", f"{record}/status", params={"logs": 1})
    assert (status.status_code, [line["message"] for line in status.json()["logs"]]) == (200, ["Performing", "Done"])
    result = client.call("fal", "GET", record)
    assert {name: result.json()["video"][name] for name in ("width", "height", "fps", "duration", "num_frames")} == {
        "width": 160,
        "height": 90,
        "fps": 25.0,
        "duration": 1.0,
        "num_frames": 25,
    }
    assert result.headers["x-fal-billable-units"] == "1.0000"
    done = client.call("fal", "PUT", said["cancel_url"])
    assert (done.status_code, done.json()) == (400, {"status": "ALREADY_COMPLETED"})


def test_a_cancelled_request_is_not_billed(started: Any, video: Path, audio: Path) -> None:
    """202, then COMPLETED with an error; an unknown one is 404."""
    client = started(queue_seconds=2)
    said = client.submit("fal", client.body("fal", *(client.upload("fal", p) for p in (video, audio)))).json()
    answer = client.call("fal", "PUT", said["cancel_url"])
    assert (answer.status_code, answer.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    assert client.poll("fal", said["request_id"]).json()["error_type"] == "cancelled"
    assert (client.result("fal", said["request_id"]).status_code, client.emulator.billed) == (499, [])
    assert client.call("fal", "PUT", said["cancel_url"].replace(said["request_id"], "x")).status_code == 404


def test_fals_platform_knows_prices_and_requests(client: Client, uploaded: Uploaded) -> None:
    """A unit price, an estimate, and the list of requests with what was sent."""
    price = client.call("fal", "GET", "/v1/models/pricing", params={"endpoint_id": APP}).json()["prices"][0]
    assert (price["unit"], round(price["unit_price"], 5), price["currency"]) == ("seconds", 0.16667, "USD")
    asked = {"estimate_type": "unit_price", "endpoints": {APP: {"unit_quantity": 6}}}
    assert client.call("fal", "POST", "/v1/models/pricing/estimate", json=asked).json()["total_cost"] == 1.0
    body = client.body("fal", *uploaded["fal"])
    identity = client.finished("fal", body)
    query = {"endpoint_id": APP, "expand": "payloads", "limit": "5"}
    listed = client.call("fal", "GET", "/v1/models/requests/by-endpoint", params=query).json()
    first = listed["items"][0]
    assert (first["request_id"], first["status_code"], first["json_input"]) == (identity, 200, body)


def test_fal_takes_a_file_in_parts(client: Client, uploaded: Uploaded, video: Path) -> None:
    """Parts in any order, each answered with its ETag; the whole file stands at the access URL."""
    asked = "/storage/auth/token?storage_type=fal-cdn-v3"
    token = client.call("fal", "POST", asked, json={}).json()
    headers = {"Authorization": f"Bearer {token['token']}", "Content-Type": "video/mp4", "X-Fal-File-Name": "v.mp4"}
    place = client.http.post(f"{token['base_url']}/files/upload/multipart", headers=headers).json()
    data = video.read_bytes()
    half, parts = len(data) // 2, []
    for number, piece in ((2, data[half:]), (1, data[:half])):
        part = f"{place['access_url']}/multipart/{place['uploadId']}/{number}"
        answer = client.http.put(part, content=piece, headers=headers)
        parts.append({"partNumber": number, "etag": answer.headers["etag"]})
    complete = f"{place['access_url']}/multipart/{place['uploadId']}/complete"
    wrong = [{**part, "etag": "x"} for part in parts]
    assert client.http.post(complete, json={"parts": wrong}, headers=headers).status_code == 400
    client.http.post(complete, json={"parts": parts}, headers=headers).raise_for_status()
    assert client.http.get(place["access_url"]).content == data
    key = client.http.post(f"{token['base_url']}/files/upload", content=b"x", headers=client.headers("fal"))
    assert key.status_code == 401


def test_a_full_engine_takes_no_more(started: Any, video: Path, audio: Path) -> None:
    """With a limit of one job, the second is 429 in each engine's shape, and the most at once is known."""
    client = started(queue_seconds=2, concurrency={"sync": 1, "runware": 1, "segmind": 1, "fal": 1})
    for engine in ("sync", "runware", "segmind", "fal"):
        addresses = (client.upload(engine, video), client.upload(engine, audio))
        statuses = [client.submit(engine, client.body(engine, *addresses)).status_code for _ in range(2)]
        assert statuses[1] == 429, engine
    assert client.emulator.world.busiest == {"sync": 1, "runware": 1, "segmind": 1, "fal": 1}
    assert client.call("fal", "POST", FAL, json={}, params={"nonsense": "1"}).status_code == 400
