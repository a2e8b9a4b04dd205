"""What the notebook 02_features shows."""
