"""What the notebook 00_summary shows."""
