"""What the notebook 01_data shows."""
