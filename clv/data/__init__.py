"""Schema, sources, the synthetic world and cleaning."""
