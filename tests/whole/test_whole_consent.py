"""Consent, from a mark to the take; and what is not performed without it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from reperform.provenance import certificates
from reperform.provenance.signing import has_credentials
from whole.command_kit import call
from whole.scene import QUICK, Scene

WORDS = "nobody has consented to the cue"


def half_consented(scene: Scene) -> Path:
    """The mark of A says who consented; that of B does not."""
    return scene.write(scene.clip_a(text="RP: angry, consent: SAG-2031"), scene.clip_b())


def refused(problems: list[dict[str, object]]) -> list[tuple[object, object]]:
    """Severity and place of each cue that nobody has consented to."""
    return [(each["severity"], each["where"]) for each in problems if WORDS in str(each["message"])]


B = {"track": "V1", "clip": "B001", "timecode": "01:00:01:23"}


def test_a_cue_without_consent_is_not_performed_where_it_is_required(unrun: Scene) -> None:
    """It is an error in its place, in the plan and the run; the other is performed, and its consent is in all that is written."""
    timeline = half_consented(unrun)
    planned = call("plan", timeline, "--json", "--require-consent", *QUICK).json
    assert refused(planned["problems"]) == [("error", B)]
    assert [len(shot["jobs"]) for shot in planned["shots"]] == [1, 0]
    ran = unrun.run(None, None, "--require-consent", status=1)
    assert refused(ran["problems"]) == [("error", B)]
    (take,) = ran["takes"]
    written = json.loads(unrun.out.read_text())
    assert json.dumps(written).count('"SAG-2031"') >= 1
    (document,) = (unrun.project / "takes").glob("*_PROVENANCE.json")
    said = json.loads(document.read_text())
    assert (said["take"]["id"], said["consent"], said["cues"][0]["consent"]) == (take["id"], ["SAG-2031"], "SAG-2031")


def test_all_cues_without_consent_are_named_at_once(unrun: Scene) -> None:
    """Whoever gathers the forms asks once; nothing is performed, and no ledger says that anything was."""
    timeline = unrun.write()
    for command in (("plan", timeline, "--json"), ("run", timeline, "-o", unrun.out, "--json")):
        ran = call(*command, "--require-consent", *QUICK)
        found = [where["clip"] for _, where in refused(ran.json["problems"]) if isinstance(where, dict)]
        assert (ran.status, found) == (2, ["A001", "B001"])
    assert list(unrun.folder.glob("*.reperform/takes/*.mov")) == []


def test_a_plan_from_before_is_held_to_it_too(unrun: Scene, tmp_path: Path) -> None:
    """`run PLAN.json --require-consent` performs no cue of the plan that has none, whoever made the plan."""
    plan = tmp_path / "plan.json"
    plan.write_text(call("plan", unrun.write(unrun.clip_b()), "--json", *QUICK).out)
    ran = call("run", plan, "-o", unrun.out, "--json", "--require-consent")
    where = B | {"timecode": "01:00:00:08"}
    assert (ran.status, refused(ran.json["problems"]), ran.json["takes"]) == (2, [("error", where)], [])


def test_consent_for_all_marks_is_a_setting(unrun: Scene) -> None:
    """A default direction consents for marks that do not say; the cue sheet shows it."""
    options = ("--direction", "consent: SAG-1999")
    planned = call("plan", half_consented(unrun), "--json", "--require-consent", *options, *QUICK).json
    said = [cue["direction"]["consent"] for shot in planned["shots"] for cue in shot["cues"]]
    assert (said, refused(planned["problems"])) == (["SAG-2031", "SAG-1999"], [])
    sheet = unrun.folder / "sheet.csv"
    assert call("cues", unrun.timeline, "-o", sheet, *options).status == 0
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    assert ["consent: SAG-2031" in rows[0]["direction"], "consent: SAG-1999" in rows[1]["direction"]] == [True, True]


@pytest.mark.skipif(not certificates.is_installed(), reason="the extra c2pa is not installed")
def test_signed_takes_are_found_again(unrun: Scene, tmp_path: Path) -> None:
    """A run again, and a cut that changed, go on with the takes that were signed."""
    ran = unrun.run(None, None, "--c2pa")
    paths = sorted((unrun.project / "takes").glob("*.mov"))
    assert [has_credentials(path) for path in paths] == [True, True]
    before = [path.read_bytes() for path in paths]
    again = unrun.run(None, None, "--c2pa")
    assert [take["id"] for take in again["takes"]] == [take["id"] for take in ran["takes"]]
    recut = unrun.write(unrun.clip_b(), unrun.clip_a(), name="recut.otio")
    assert call("reattach", recut, "-o", unrun.folder / "recut_RP.otio").status == 0
    assert sorted((unrun.project / "takes").glob("*.mov")) == paths
    assert [path.read_bytes() for path in paths] == before
    assert json.dumps(json.loads((unrun.folder / "recut_RP.otio").read_text())).count('"self_signed": true') == 2
