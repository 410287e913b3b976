"""Renews `requirements.lock` from pyproject.toml: `python lock.py`. Needs uv; the lock holds for every supported Python.

Every extra but `keyring` is in it, so that the tests of what is optional run too; a keyring would be the machine's own.
`adapters` only names other extras.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Resolve what the project and its tests need, for all platforms, with hashes."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    optional = project["project"]["optional-dependencies"]
    extras = [one for name, extra in optional.items() if name not in ("keyring", "adapters") for one in extra]
    wanted = [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
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
