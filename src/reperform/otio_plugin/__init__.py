"""OpenTimelineIO's plugin: `otioconvert`, `otioview` and every program that reads with OTIO can show a take of a timeline we wrote.

OTIO finds `plugin_manifest.json` by the entry point `opentimelineio.plugins`.
"""
