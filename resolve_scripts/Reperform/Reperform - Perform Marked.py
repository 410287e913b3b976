"""Performs what is marked, and puts the takes into their clips.

Resolve runs this file; what it does is in `reperform_menu`, beside which the installer wrote reperform.json.
"""

import json
import os
import sys
import tempfile
import traceback
import webbrowser

RESOLVE = os.path.join("Fusion", "Scripts", "Utility", "Reperform")
HOME = os.path.expanduser("~")
FOLDERS = [
    os.path.dirname(os.path.abspath(globals().get("__file__") or sys._getframe().f_code.co_filename)),
    os.path.join(HOME, "Library", "Application Support", "Blackmagic Design", "DaVinci Resolve", RESOLVE),
    os.path.join(os.environ.get("APPDATA", HOME), "Blackmagic Design", "DaVinci Resolve", "Support", RESOLVE),
    os.path.join(HOME, ".local", "share", "DaVinciResolve", RESOLVE),
]

try:
    NOTES = [os.path.join(folder, "reperform.json") for folder in FOLDERS]
    with open(next((note for note in NOTES if os.path.isfile(note)), NOTES[0]), encoding="utf-8") as note:
        INSTALLED = json.load(note)
    sys.path.insert(0, INSTALLED["library"])
    from reperform_menu import performing

    performing.main(globals())
except Exception:
    # Nothing of ours is there to show it with: a page in the browser, and the console.
    said = "Reperform could not start. Run `reperform resolve install` again; `reperform resolve doctor` says what is wrong.\n\n"
    with tempfile.NamedTemporaryFile("w", suffix=".txt", prefix="reperform-", delete=False, encoding="utf-8") as page:
        page.write(said + traceback.format_exc())
    print(said + traceback.format_exc() + page.name)
    webbrowser.open("file://" + page.name)
