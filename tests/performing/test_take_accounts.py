"""The account that a take gives of itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from performing.conftest import Film
from performing.performing_kit import SETTINGS, Service, cue, plan_of, run, shot
from reperform.ledger.ledger import Ledger
from reperform.media.fingerprints import cue_digests
from reperform.media.identities import file_identity
from reperform.model import Plan, Take
from reperform.provenance import certificates
from reperform.provenance.documents import Provenance, sidecar_path
from reperform.provenance.signing import has_credentials
from reperform.timeline.recording import take_record_of

needs_c2pa = pytest.mark.skipif(not certificates.is_installed(), reason="the extra c2pa is not installed")


@pytest.fixture(autouse=True)
def _own_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a signature needs is made in the test's folder."""
    monkeypatch.setattr(certificates, "self_signed_file", lambda: tmp_path / "own.pem")
    for name in ("REPERFORM_C2PA_CERT", "REPERFORM_C2PA_KEY"):
        monkeypatch.delenv(name, raising=False)


def planned(folder: Path, film: Film, **settings: Any) -> Plan:
    one = cue(12, 8, voice=film.voice, emotion="angry", consent="SAG-2031", character="MARA")
    two = cue(24, 4, voice=film.voice, emotion="sad", consent="SAG-2031")
    return plan_of(folder, shot(film.source, one, two), settings=SETTINGS.model_copy(update=settings))


def only_take(plan: Plan, project: Path, service: Service) -> Take:
    performed = run(plan, project, service=service)
    assert not [each for each in performed.problems if each.severity == "error"]
    ((take,),) = performed.takes.values()
    return take


def test_a_take_says_what_stands_behind_it(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """Beside it: what was changed of which original, in frames and timecode, by which model, with whose consent; no folders."""
    plan = planned(tmp_path, film)
    take = only_take(plan, project, service)
    path = sidecar_path(take.path)
    said = Provenance.model_validate_json(path.read_bytes())
    (made_for,) = plan.shots
    digests = cue_digests(made_for, made_for.cues[0]).picture
    first = said.cues[0]
    assert (said.take.file, said.take.identity) == (take.path.name, file_identity(take.path))
    assert (said.original.name, said.original.reel, said.original.start) == ("A001C003.mov", "A001R1", "14:22:10:05")
    assert (first.in_frame, first.frames, first.source_frames) == (8, 8, (12, 20))
    assert (first.record_in, first.source_in, first.source_out) == ("01:00:00:04", "14:22:10:17", "14:22:11:00")
    assert first.pictures_sha256 == hashlib.sha256("\n".join(digests).encode()).hexdigest()
    assert [(each.engine, each.model) for each in first.results] == [("service", "one")]
    assert [(each.kind, each.file) for each in first.voices] == [("track", "guide.wav")]
    assert (first.consent, said.consent, said.cost) == ("SAG-2031", ("SAG-2031",), take.cost)
    assert str(tmp_path) not in path.read_text()
    with Ledger.open(project) as ledger:
        (row,) = ledger.takes.all()
    assert Take.model_validate_json(row.document or "").consent == take_record_of(take).consent == ("SAG-2031",)


@needs_c2pa
def test_a_signed_take_is_the_same_take(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """It is recognised again, is not signed twice, and one that was made before is signed where it stands."""
    bare = only_take(planned(tmp_path, film), project, service)
    assert (bare.credentials, has_credentials(bare.path)) == (None, False)
    signed = only_take(planned(tmp_path, film, c2pa=True), project, service)
    assert (signed.id, has_credentials(signed.path)) == (bare.id, True)
    assert signed.credentials is not None
    assert signed.credentials.self_signed
    said = json.loads(sidecar_path(signed.path).read_text())
    assert said["take"]["identity"] == file_identity(signed.path)
    assert said["credentials"]["signer"] == certificates.SELF_SIGNED
    written = signed.path.stat().st_mtime_ns
    again = only_take(planned(tmp_path, film, c2pa=True), project, service)
    assert (again, again.path.stat().st_mtime_ns) == (signed, written)
    assert take_record_of(again).credentials == signed.credentials.model_dump()
    assert len(service.billed) == 2


@needs_c2pa
def test_a_take_that_cannot_be_signed_is_a_take(
    tmp_path: Path, film: Film, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was paid for is not lost for a certificate that went away meanwhile: a warning says that it has none."""
    monkeypatch.setenv("REPERFORM_C2PA_CERT", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("REPERFORM_C2PA_KEY", str(tmp_path / "gone.key"))
    performed = run(planned(tmp_path, film, c2pa=True), project, service=service)
    ((take,),) = performed.takes.values()
    assert (take.passed, take.credentials, sidecar_path(take.path).exists()) == (True, None, True)
    (problem,) = [each for each in performed.problems if "content credentials" in each.message]
    assert (problem.severity, "gone.pem cannot be read" in problem.message) == ("warning", True)


def test_a_matched_voice_makes_another_take_of_what_is_paid(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """Matching is no part of what is paid for; the take says with figures what was done to each voice."""
    plain = only_take(planned(tmp_path, film), project, service)
    performed = run(planned(tmp_path, film, match_sound=True), project, service=service)
    matched = next(each for each in performed.takes["V1@01:00:00:00"] if each.id != plain.id)
    assert (plain.matched, len(service.billed)) == ((), 2)
    assert [(each.cue, each.track) for each in matched.matched] == [("cue@12", 0), ("cue@24", 0)]
    assert all(each.production_lufs is not None and each.voice_lufs is not None for each in matched.matched)
    said = json.loads(sidecar_path(matched.path).read_text())
    assert said["cues"][0]["matched"] == [matched.matched[0].model_dump(mode="json")]
