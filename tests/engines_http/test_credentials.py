"""Keys: from the environment, else from the keyring; asked for without an echo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from reperform import credentials, engines
from reperform.credentials import Secret
from reperform.engines.base import Connection
from reperform.errors import AccessRefused, SettingsError

RING = """
import json, os, pathlib
from keyring.errors import KeyringError
_file = pathlib.Path(os.environ["RING"])
def _all():
    if os.environ.get("LOCKED"):
        raise KeyringError("locked: sk-inside")
    return json.loads(_file.read_text()) if _file.exists() else {}
def get_password(service, name):
    return _all().get(f"{service}/{name}")
def set_password(service, name, value):
    _file.write_text(json.dumps({**_all(), f"{service}/{name}": value}))
def delete_password(service, name):
    kept = _all(); del kept[f"{service}/{name}"]; _file.write_text(json.dumps(kept))
"""


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small keyring that keeps a file, found as the real one would be."""
    package = tmp_path / "site" / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(RING)
    (package / "errors.py").write_text("class KeyringError(Exception): ...\n")
    monkeypatch.setenv("RING", str(tmp_path / "ring.json"))
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path / "ring.json"


def _reperform(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "reperform", *arguments]
    return subprocess.run(call, input=given, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("engine", "environment", "expected", "origin"),
    [
        ("sync", {"SYNC_API_KEY": " sk-1\n"}, "sk-1", "SYNC_API_KEY"),
        ("sync", {"RUNWARE_API_KEY": "sk-1"}, None, None),
        ("sync", {"SYNC_API_KEY": ""}, None, None),
        ("runware", {"RUNWARE_API_KEY": "sk-1"}, "sk-1", "RUNWARE_API_KEY"),
        ("segmind", {"SEGMIND_API_KEY": "sk-1"}, "sk-1", "SEGMIND_API_KEY"),
        ("fal", {"FAL_KEY": "a:b"}, "a:b", "FAL_KEY"),
        ("fal", {"FAL_KEY_ID": "a", "FAL_KEY_SECRET": "b"}, "a:b", "FAL_KEY_ID and FAL_KEY_SECRET"),
        ("fal", {"FAL_KEY": "c:d", "FAL_KEY_ID": "a", "FAL_KEY_SECRET": "b"}, "c:d", "FAL_KEY"),
        ("fal", {"FAL_KEY_ID": "a"}, None, None),
        ("preview", {}, None, None),
    ],
)
def test_the_environment_comes_first(
    engine: str, environment: dict[str, str], expected: str | None, origin: str | None
) -> None:
    """Each engine's own variables; fal's key may come in two halves."""
    found = credentials.find(engine, environment=environment)
    assert (found and found.reveal()) == expected
    assert credentials.where(engine, environment=environment) == origin


@pytest.mark.parametrize("value", ["sk 1", "sk\n1", "clé", "sk\x00"])
def test_what_cannot_be_a_key_is_refused_without_being_shown(value: str) -> None:
    """It would break the header it goes into."""
    with pytest.raises(AccessRefused) as refused:
        credentials.find("sync", environment={"SYNC_API_KEY": value})
    assert value not in str(refused.value.to_dict())
    assert "SYNC_API_KEY" in refused.value.message


def test_an_engine_without_a_key_is_not_opened() -> None:
    """The error names the variable and the command that stores one."""
    with pytest.raises(AccessRefused) as refused:
        anyio.run(engines.get("sync").open, Connection())
    assert refused.value.fix is not None
    assert "SYNC_API_KEY" in refused.value.fix
    assert "reperform engines login sync" in refused.value.fix


def test_the_keyring_comes_second(ring: Path) -> None:
    """Kept, found, and forgotten; the environment wins."""
    credentials.keep("sync", Secret(" sk-ring "))
    assert json.loads(ring.read_text()) == {"reperform/sync": "sk-ring"}
    assert credentials.find("sync", environment={}) == Secret("sk-ring")
    assert credentials.where("sync", environment={}) == "the keyring"
    assert credentials.find("sync", environment={"SYNC_API_KEY": "sk-env"}) == Secret("sk-env")
    assert (credentials.forget("sync"), credentials.forget("sync")) == (True, False)
    assert credentials.find("sync", environment={}) is None


def test_a_locked_keyring_holds_no_key_and_takes_none(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs go on with the environment; storing says what to do, and not what the keyring said."""
    monkeypatch.setenv("LOCKED", "1")
    assert credentials.find("sync", environment={}) is None
    with pytest.raises(SettingsError, match="cannot be used") as refused:
        credentials.keep("sync", Secret("sk-1"))
    assert "sk-" not in str(refused.value.to_dict())


def test_login_and_logout(ring: Path) -> None:
    """The key is read from a pipe or asked for, kept, listed as present, removed; it is never printed."""
    calls = [
        _reperform("engines", "login", "sync", given="sk-piped\n"),
        _reperform("engines"),
        _reperform("engines", "logout", "sync"),
        _reperform("engines", "logout", "sync"),
    ]
    assert [call.returncode for call in calls] == [0, 0, 0, 0]
    assert calls[0].stderr == "The key of sync is in the keyring.\n"
    assert "sync   key present" in calls[1].stdout
    assert "no longer in the keyring" in calls[2].stderr
    assert "has no key" in calls[3].stderr
    assert "sk-piped" not in "".join(call.stdout + call.stderr for call in calls)


@pytest.mark.parametrize(
    ("arguments", "given", "status", "said"),
    [
        (("login", "preview"), "sk-1\n", 2, "needs no key"),
        (("login", "snyc"), "sk-1\n", 2, "no engine"),
        (("logout", "snyc"), "", 2, "no engine"),
        (("login", "sync"), "\n", 4, "no key has"),
    ],
)
def test_login_refuses_what_makes_no_sense(
    ring: Path, arguments: tuple[str, ...], given: str, status: int, said: str
) -> None:
    """With one sentence, and nothing kept."""
    call = _reperform("engines", *arguments, given=given)
    assert (call.returncode, said in call.stderr, ring.exists()) == (status, True, False)


def test_without_a_keyring_login_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring is an extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SettingsError, match="not installed") as refused:
        credentials.keep("sync", Secret("sk-1"))
    assert refused.value.fix is not None
    assert "reperform[keyring]" in refused.value.fix
