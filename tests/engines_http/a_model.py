"""A small real model: says how far it is, writes what it was told to, and does otherwise on request."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser()
for name in ("video", "audio", "segments", "direction", "output"):
    parser.add_argument(f"--{name}", type=Path, required=True)
parser.add_argument("--do", default="well")
parser.add_argument("--pids", type=Path)
given = parser.parse_args()

print("loading weights", flush=True)
print("\x1b[31mreperform_progress: 50\x1b[0m", flush=True)
print("a bar  10%\ra bar  90%", file=sys.stderr, flush=True)
if given.do == "fail":
    sys.exit("\n".join([f"line {number}" for number in range(40)] + ["CUDA out of memory"]))
if given.do in ("hang", "leave"):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    given.pids.write_text(str(child.pid))
if given.do == "hang":
    time.sleep(60)
if given.do != "nothing":
    shutil.copyfile(given.video, given.output)
    seen = {"segments": json.loads(given.segments.read_text()), "direction": json.loads(given.direction.read_text())}
    print(json.dumps(seen), flush=True)
