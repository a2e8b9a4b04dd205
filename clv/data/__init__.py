"""Schema, sources, synthetic shops and cleaning."""
