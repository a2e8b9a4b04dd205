"""What the notebook 03_models shows."""
