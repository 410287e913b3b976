"""How footage that is not made to be looked at, log or scene-linear, is shown to an engine, and how what it changed is brought back."""
