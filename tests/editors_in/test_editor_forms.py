"""Each editor's form of a cut gives the cues, voices and media that were worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from editors_in.forms import FORMS, Form
from editors_in.lookalikes import found, opened


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_each_form_gives_the_cues_voices_and_media_worked_out_by_hand(tmp_path: Path, form: Form) -> None:
    assert found(opened(form.made(), tmp_path), form.media) == form.expected
