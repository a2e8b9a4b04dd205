"""The contents of the notebook 00_summary."""
