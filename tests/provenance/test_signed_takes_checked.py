"""`reperform check` reads the credentials of a signed take again: what was altered since is noticed, wherever it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from reperform.provenance import certificates
from whole import scene as scenes
from whole.command_kit import call, run
from whole.scene import Scene

pytestmark = pytest.mark.skipif(not certificates.is_installed(), reason="the extra c2pa is not installed")
NAME = "content credentials"


@pytest.fixture
def signed(tmp_path: Path) -> Scene:
    """One shot, signed by this machine."""
    scene = scenes.make_scene(tmp_path / "scene")
    scene.write(scene.clip_b())
    scene.run(None, None, "--c2pa")
    return scene


def credentials_of(scene: Scene, *, status: int) -> dict[str, Any]:
    ran = call("check", scene.out, "--json")
    assert ran.status == status, ran.said
    [take] = ran.json["takes"]
    [found] = [check for check in take["checks"] if check["name"] == NAME]
    return dict(found)


def test_what_was_altered_in_a_signed_take_is_noticed(signed: Scene) -> None:
    """One bit of its sound; its credentials taken out; those of another take put in."""
    found = credentials_of(signed, status=0)
    assert (found["passed"], found["detail"]) == (True, f"valid, signed by {certificates.SELF_SIGNED}, self-signed")
    take = next((signed.project / "takes").glob("B001*.mov"))
    whole = take.read_bytes()
    altered = bytearray(whole)
    altered[altered.index(b"mdat") + 9000] ^= 1
    take.write_bytes(altered)
    found = credentials_of(signed, status=1)
    assert (found["passed"], "not found valid" in found["detail"]) == (False, True)
    start = whole.index(bytes.fromhex("d8fec3d61b0e483c92975828877ec481")) - 4
    gone = bytearray(whole)
    gone[start : start + 4] = b"free"
    take.write_bytes(gone)
    found = credentials_of(signed, status=1)
    assert (found["passed"], "has no content credentials" in found["detail"]) == (False, True)
    assert "run the timeline again" in found["fix"]


def test_credentials_of_another_take_are_not_the_takes(signed: Scene, tmp_path: Path) -> None:
    """Valid ones, of the same cut made elsewhere."""
    other = scenes.make_scene(tmp_path / "other")
    other.write(other.clip_b())
    run(other.timeline, other.out, *scenes.QUICK, "--c2pa")
    takes = [next(each.folder.glob("*.reperform/takes/B001*.mov")) for each in (other, signed)]
    shutil.copyfile(*takes)
    found = credentials_of(signed, status=1)
    assert (found["passed"], found["detail"]) == (False, "they are not those that the take was given")
