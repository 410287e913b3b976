"""Content credentials: signed, found valid, the media untouched."""

from __future__ import annotations

import json
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from reperform.direction import Direction
from reperform.errors import MediaError, SettingsError
from reperform.model import Cost
from reperform.provenance import certificates, signing
from reperform.provenance.documents import (
    OriginalMedia,
    PerformedCue,
    Provenance,
    ReturnedResult,
    TakeFile,
    WhereInCut,
    sidecar_path,
)

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")
x509 = pytest.importorskip("cryptography.x509")

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def movie(path: Path, *more: str) -> Path:
    sources = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-f", "lavfi", "-i", "sine=440:d=1"]
    codecs = ["-c:v", "prores_ks", "-c:a", "pcm_s24le", "-timecode", "01:00:00:00"]
    subprocess.run([FFMPEG, "-v", "error", *sources, *codecs, *more, str(path)], check=True)
    return path


def packets(path: Path) -> list[tuple[int, int | None, bytes]]:
    import av

    with av.open(str(path)) as container:
        return [(each.stream_index, each.pts, bytes(each)) for each in container.demux()]


def said(name: str = "A_RP001.mov", *, preview: bool = False) -> Provenance:
    result = ReturnedResult(
        id="r1", engine="sync", model="react-1", sha256="0" * 64, kept_at="2026-01-02T03:04:05Z", cost_usd=9.87
    )
    cue = PerformedCue(
        id="cue@10", key="k", character="MARA", marker="RP: angry, note: she lies",
        direction=Direction(emotion="angry", note="she lies"), consent="SAG-2031", record_in="01:00:04:00",
        record_out="01:00:05:00", in_frame=5, frames=10, source_frames=(20, 30), source_in="14:00:00:20",
        source_out="14:00:01:05", pictures_sha256="1" * 64, voices=(), results=(result,),
    )  # fmt: skip
    return Provenance(
        take=TakeFile(
            id="A_RP001", number=1, file=name, identity="2" * 64, preview=preview, rate=Fraction(25), frames=25,
            start="01:00:00:00", reel="A_RP001", made_at="2026-01-02T03:04:05+00:00", software="reperform",
        ),
        original=OriginalMedia(
            name="A.mov", reel="A", identity="3" * 64, rate=Fraction(25), frames=100, start="14:00:00:00"
        ),
        shot=WhereInCut(id="V1@01:00:04:00", clip="A", track="V1", record_in="01:00:04:00", record_out="01:00:06:00"),
        cues=(cue,),
        consent=("SAG-2031",),
        cost=Cost(amount=9.87),
    )  # fmt: skip


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> certificates.Certificate:
    """This machine's own certificate, in a folder of the test."""
    monkeypatch.setattr(certificates, "self_signed_file", lambda: tmp_path / "state" / "own.pem")
    return certificates.chosen({})


def manifest(path: Path) -> dict[str, Any]:
    with c2pa.Reader(str(path)) as reader:
        store = json.loads(reader.json())
        found: dict[str, Any] = store["manifests"][store["active_manifest"]]
        assert reader.get_validation_state() == "Valid"
    return found


@pytest.mark.parametrize(
    "layout", [pytest.param((), id="index last"), pytest.param(("-movflags", "+faststart"), id="index first")]
)
def test_a_signed_take_holds_the_same_media(
    tmp_path: Path, own: certificates.Certificate, layout: tuple[str, ...]
) -> None:
    """Every packet, the timecode track's too, is as it was; the manifest says who changed what, of which original, by whose leave."""
    take = movie(tmp_path / "A_RP001.mov", *layout)
    before = packets(take)
    credentials = signing.sign(take, said(), certificate=own)
    assert packets(take) == before
    assert (credentials.place, credentials.self_signed, signing.has_credentials(take)) == ("embedded", True, True)
    found = manifest(take)
    by_label = {each["label"]: each["data"] for each in found["assertions"]}
    opened, edited = by_label["c2pa.actions.v2"]["actions"]
    assert (opened["action"], edited["action"]) == ("c2pa.opened", "c2pa.edited")
    assert edited["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert (edited["softwareAgent"]["name"], edited["softwareAgent"]["version"]) == ("sync", "react-1")
    assert [(each["title"], each["relationship"]) for each in found["ingredients"]] == [("A.mov", "parentOf")]
    assert by_label["org.reperform.consent"]["cues"] == [{"cue": "cue@10", "character": "MARA", "consent": "SAG-2031"}]
    assert found["signature_info"]["common_name"] == certificates.SELF_SIGNED


def test_what_is_only_for_the_house_does_not_travel_with_the_file(
    tmp_path: Path, own: certificates.Certificate
) -> None:
    """Cost, notes, keys and marks are not in the manifest."""
    take = movie(tmp_path / "A_RP001.mov")
    signing.sign(take, said(), certificate=own)
    text = json.dumps(manifest(take))
    assert [word for word in ("9.87", "she lies", "cost", str(tmp_path)) if word in text] == []


def test_a_preview_is_not_said_to_be_by_a_trained_model(tmp_path: Path, own: certificates.Certificate) -> None:
    """It is a composite with something synthetic in it."""
    take = movie(tmp_path / "A_RP001_PREVIEW.mov")
    signing.sign(take, said(take.name, preview=True), certificate=own)
    actions = next(each for each in manifest(take)["assertions"] if each["label"] == "c2pa.actions.v2")["data"]
    assert actions["actions"][1]["digitalSourceType"].endswith("/compositeSynthetic")


def test_an_originals_own_credentials_are_kept(tmp_path: Path, own: certificates.Certificate) -> None:
    """Of an original that a camera signed, its manifest stands in the take's store as its parent's."""
    original, take = movie(tmp_path / "A.mov"), movie(tmp_path / "A_RP001.mov")
    signing.sign(original, said("A.mov"), certificate=own)
    signing.sign(take, said(), certificate=own, original=original)
    with c2pa.Reader(str(take)) as reader:
        assert len(json.loads(reader.json())["manifests"]) == 2
    (parent,) = manifest(take)["ingredients"]
    assert (parent["title"], parent["relationship"], "active_manifest" in parent) == ("A.mov", "parentOf", True)


def test_a_kind_that_cannot_hold_them_has_them_beside_it(tmp_path: Path, own: certificates.Certificate) -> None:
    """The file stays as it is; STEM.c2pa is bound to its bytes."""
    take = tmp_path / "A_RP001.mxf"
    take.write_bytes(b"\x06\x0e\x2b\x34" + bytes(range(256)) * 40)
    before = take.read_bytes()
    credentials = signing.sign(take, said(take.name), certificate=own)
    assert (credentials.place, take.read_bytes() == before) == ("sidecar", True)
    store = signing.credentials_path(take).read_bytes()
    kind = "application/octet-stream"
    states = []
    for bytes_now in (before, before[:-1] + b"\x00"):
        take.write_bytes(bytes_now)
        with take.open("rb") as file, c2pa.Reader(kind, file, store) as reader:
            states.append(reader.get_validation_state())
    assert states == ["Valid", "Invalid"]


def test_a_take_that_cannot_be_signed_stays_as_it_was(tmp_path: Path, own: certificates.Certificate) -> None:
    """Nothing half-written stands in its place, and no file is left behind."""
    take = tmp_path / "A_RP001.mov"
    take.write_bytes(b"no movie at all")
    with pytest.raises(MediaError, match=r"A_RP001\.mov"):
        signing.sign(take, said(), certificate=own)
    assert take.read_bytes() == b"no movie at all"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["A_RP001.mov", "state"]


def test_media_that_would_change_is_refused(tmp_path: Path) -> None:
    """One bit of one sample is enough."""
    take, other = movie(tmp_path / "A_RP001.mov"), tmp_path / "other.mov"
    changed = bytearray(take.read_bytes())
    changed[changed.index(b"mdat") + 5000] ^= 1
    other.write_bytes(changed)
    with pytest.raises(MediaError, match="would have changed"):
        signing._refuse_other_media(take, other)


def test_this_machines_certificate_says_what_it_is(tmp_path: Path, own: certificates.Certificate) -> None:
    """It is made once, only its user can read it, and its name says that nobody vouches for it."""
    path = tmp_path / "state" / "own.pem"
    assert (own.self_signed, own.name, own.algorithm) == (True, certificates.SELF_SIGNED, "es256")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert certificates.chosen({}) == own
    assert own.key.decode() not in repr(own)


def studio(folder: Path, *, days: int = 30) -> tuple[Path, Path]:
    """A studio's certificate and key, each in a file."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, by = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = certificates._issued("Studio CA", None, by, by)
    leaf = certificates._issued("Studio", issuer.subject, key, by)
    now = datetime.now(UTC)
    if days < 0:
        builder = x509.CertificateBuilder().subject_name(leaf.subject).issuer_name(issuer.subject)
        builder = builder.public_key(key.public_key()).serial_number(7).not_valid_before(now - timedelta(days=99))
        leaf = builder.not_valid_after(now + timedelta(days=days)).sign(by, hashes.SHA256())
    pem = serialization.Encoding.PEM
    cert, secret = folder / "studio.pem", folder / "studio.key"
    cert.write_bytes(leaf.public_bytes(pem) + issuer.public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return cert, secret


def named(cert: Path | str, key: Path | str) -> dict[str, str]:
    return {"REPERFORM_C2PA_CERT": str(cert), "REPERFORM_C2PA_KEY": str(key)}


def test_a_users_own_certificate_signs(tmp_path: Path) -> None:
    """Its name stands in the credentials, which are not called self-signed."""
    take = movie(tmp_path / "A_RP001.mov")
    credentials = signing.sign(take, said(), certificate=certificates.chosen(named(*studio(tmp_path))))
    assert (credentials.signer, credentials.self_signed) == ("Studio", False)
    assert manifest(take)["signature_info"]["alg"] == "Es384"


def test_a_certificate_that_cannot_sign_is_refused(tmp_path: Path) -> None:
    """Before anything is paid: half of the pair, a file that is not there, another key, one out of date, no PEM."""
    cert, key = studio(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "other").mkdir()
    cases = {
        "--c2pa-key is not given": named(cert, ""),
        "--c2pa-cert is not given": named("", key),
        "cannot be read": named(tmp_path / "none.pem", key),
        "is not the key of": named(cert, studio(tmp_path / "other")[1]),
        "out of date": named(*studio(tmp_path / "old", days=-3)),
        "are no certificate and key": named(movie(tmp_path / "a.mov"), key),
    }
    for words, environment in cases.items():
        with pytest.raises(SettingsError, match=words):
            certificates.chosen(environment)


def test_the_document_is_named_by_the_take() -> None:
    """STEM_PROVENANCE.json; of a sequence by its folder, points and all."""
    names = [sidecar_path(Path(name)).name for name in ("t/A_RP001.mov", "t/shot.v2_RP001")]
    assert names == ["A_RP001_PROVENANCE.json", "shot.v2_RP001_PROVENANCE.json"]
