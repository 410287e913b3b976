"""`reperform` for tests that need it to have worked: it really works once, and is told again from then on.

`python recorded_command.py FOLDER WORD …`: with a first word that is kept in FOLDER prints what was printed then; else runs
the real command and keeps it. FOLDER/planted.json has, by first word, what happens instead: `document` (printed), `status`,
`words` (on standard error), `seconds` (before it ends; an interrupt ends it with 130).
"""
# It is started some two hundred times: what it need not import, it does not.
# ruff: noqa: PTH110, PTH123

from __future__ import annotations

import json
import os
import sys


def main() -> int:
    """What the command would return."""
    folder, words = sys.argv[1], sys.argv[2:]
    with open(f"{folder}/asked.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"words": words, "environ": dict(os.environ)}) + "\n")
    kept = f"{folder}/{words[0]}.json"
    plan = json.loads(_text(f"{folder}/planted.json") or "{}").get(words[0])
    if not os.path.exists(kept) and plan is None:
        return _really(folder, words, kept)
    return _again(folder, words, kept, plan or {})


def _again(folder: str, words: list[str], kept: str, plan: dict[str, object]) -> int:
    try:
        if "seconds" in plan:
            import time

            time.sleep(float(str(plan["seconds"])))
    except KeyboardInterrupt:
        return 130
    if "--progress" in words and "document" not in plan:
        _copy(f"{folder}/progress.jsonl", _after(words, "--progress"))
        _copy(f"{folder}/out.otio", _after(words, "-o"))
    sys.stderr.write(str(plan.get("words", "")))
    sys.stdout.write(str(plan["document"]) if "document" in plan else _text(kept))
    return int(str(plan.get("status", 0)))


def _really(folder: str, words: list[str], kept: str) -> int:
    import subprocess

    done = subprocess.run([sys.executable, "-m", "reperform", *words], stdout=subprocess.PIPE)
    with open(kept, "wb") as file:
        file.write(done.stdout)
    if "--progress" in words and done.returncode == 0:
        _copy(_after(words, "--progress"), f"{folder}/progress.jsonl")
        _copy(_after(words, "-o"), f"{folder}/out.otio")
    sys.stdout.buffer.write(done.stdout)
    return done.returncode


def _after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def _copy(source: str, target: str) -> None:
    text = _text(source)
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


def _text(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
