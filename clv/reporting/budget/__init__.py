"""What the notebook 06_budget shows."""
