"""The contents of the notebook 03_models."""
