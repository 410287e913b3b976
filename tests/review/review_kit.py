"""A review of a small scene, and a visitor with a browser's manners."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from reperform.review.serving import Review
from reperform.settings import Settings
from whole.scene import Scene

__all__ = ["Visitor", "copied", "decision", "reviewed", "takes", "until"]

_PATIENCE = 60.0


class Visitor:
    """One browser. It sends what the page sends."""

    open: ClassVar[list[Visitor]] = []
    """Those whose connections are not closed yet."""

    def __init__(self, review: Review, *, comes_in: bool = True) -> None:
        self._begin(review.base_url, review.link() if comes_in else None)

    @classmethod
    def at(cls, base_url: str, link: str) -> Visitor:
        """Of a server in another process."""
        made = cls.__new__(cls)
        made._begin(base_url, link)
        return made

    def _begin(self, base_url: str, link: str | None) -> None:
        self.client = httpx.Client(
            base_url=base_url, headers={"X-Reperform": "1", "Origin": base_url}, timeout=_PATIENCE
        )
        self.open.append(self)
        if link is not None:
            assert 303 == self.client.get(link).status_code

    def close(self) -> None:
        self.open.remove(self)
        self.client.close()

    def cut(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/api/cut").json()
        return found

    def shot(self, shot: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/shots/{quote(shot, safe='')}").json()
        return found

    def post(self, path: str, **asked: Any) -> httpx.Response:
        return self.client.post(path, json=asked)

    def decide(self, shot: str, version: str, action: str, **more: Any) -> dict[str, Any]:
        answer = self.post("/api/decide", shot=shot, version=version, action=action, **more)
        assert 200 == answer.status_code, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def fetched(self, path: str) -> httpx.Response:
        """The file at this address, when it has been made."""
        answer: httpx.Response = until(lambda: self.client.get(path), lambda answer: answer.status_code != 202)
        return answer


def until(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    """What is seen as soon as it is so."""
    end = time.monotonic() + _PATIENCE
    while not is_so(seen := look()):
        assert time.monotonic() < end, f"still {seen}"
        time.sleep(0.05)
    return seen


@contextmanager
def reviewed(scene: Scene, **settings: Any) -> Iterator[Review]:
    """The scene's timeline under review."""
    with Review(scene.out, Settings(project=scene.project, **settings)) as review:
        yield review


def decision(shot: dict[str, Any], version: str) -> dict[str, Any]:
    """What was decided of a version."""
    found: dict[str, Any] = next(each["decision"] for each in shot["versions"] if each["id"] == version)
    return found


def takes(shot: dict[str, Any]) -> list[str]:
    """Ids of the versions of a shot, without the original."""
    return [each["id"] for each in shot["versions"][1:]]


def copied(folder: Path, to: Path) -> Scene:
    """The scene in a folder of its own."""
    import shutil

    shutil.copytree(folder, to)
    return Scene(to)
