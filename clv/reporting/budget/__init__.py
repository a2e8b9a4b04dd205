"""The contents of the notebook 06_budget."""
