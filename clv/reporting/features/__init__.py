"""The contents of the notebook 02_features."""
