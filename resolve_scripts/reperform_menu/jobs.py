"""One run's folder on disk: what was asked, what runs, what came out. A script that is opened again finds it there."""

import json
import os
import time
import uuid

from reperform_menu import child, documents, folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RUNNING = "running"
PLACED = "placed"
STOPPED = "stopped"
FAILED = "failed"
ASKING = "asking"


class Job:
    """A folder and its `job.json`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.data = documents.read(self.path("job.json"))
        self.child: "child.Child | None" = None

    def path(self, name: str) -> str:
        """Of a file in it."""
        return os.path.join(self.folder, name)

    @property
    def state(self) -> str:
        """`ASKING`, `RUNNING`, `STOPPED`, `FAILED` or `PLACED`."""
        return str(self.data.get("state", ""))

    def note(self, **more: "Any") -> None:
        """Keep this on disk."""
        self.data.update(more)
        documents.write(self.path("job.json"), self.data)

    def start(self, command: "list[str]") -> None:
        """Run the command; its words go into the folder."""
        self.child = child.start(command, out=self.path("run.json"), err=self.path("run.log"), folder=self.folder)
        self.note(state=RUNNING, command=command, pid=self.child.pid, identity=self.child.identity)

    def attached(self) -> "child.Child":
        """The process, also where an earlier start of the script started it."""
        if self.child is None:
            self.child = child.Child(int(self.data.get("pid") or 0), str(self.data.get("identity") or ""))
        return self.child

    @property
    def runs(self) -> bool:
        """Whether its process does."""
        return self.state == RUNNING and self.attached().runs

    def events(self) -> "list[dict[str, Any]]":
        """What the run has told so far; a line that is not yet whole comes later."""
        try:
            with open(self.path("progress.jsonl"), encoding="utf-8") as file:
                lines = file.read().split("\n")[:-1]
        except OSError:
            return []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def result(self) -> "dict[str, Any]":
        """The document that it printed; empty where it printed none."""
        return documents.read(self.path("run.json"))

    def complaint(self) -> str:
        """What it said on standard error, its last lines."""
        try:
            with open(self.path("run.log"), encoding="utf-8", errors="replace") as file:
                return "\n".join(file.read().strip().splitlines()[-8:])
        except OSError:
            return ""


def new(place: str, **data: "Any") -> Job:
    """A fresh folder among the jobs of `place`."""
    name = "{}-{}".format(time.strftime("%Y%m%d-%H%M%S"), uuid.uuid4().hex[:6])
    job = Job(folders.made(os.path.join(place, "jobs", name)))
    job.note(version=1, state=ASKING, created=time.strftime("%Y-%m-%dT%H:%M:%S"), **data)
    return job


def jobs_of(place: str) -> "list[Job]":
    """All of the place, the newest first."""
    folder = os.path.join(place, "jobs")
    names = sorted(os.listdir(folder), reverse=True) if os.path.isdir(folder) else []
    return [Job(os.path.join(folder, name)) for name in names]


def unfinished(place: str) -> "Job | None":
    """The newest whose results are not in Resolve yet; None where there is none."""
    return next((job for job in jobs_of(place) if job.state == RUNNING), None)
