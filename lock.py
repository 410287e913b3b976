"""Renews `requirements.lock` from pyproject.toml: `python lock.py`. Needs uv; the lock holds for every supported Python."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Resolve what the project and its tests need, for all platforms, with hashes."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    command = ["uv", "pip", "compile", "-", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += [
        "--quiet",
        "--no-header",
        "--no-annotate",
        "--output-file",
        str(HERE / "requirements.lock"),
        *sys.argv[1:],
    ]
    return subprocess.run(command, input="\n".join(wanted), text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
