"""The contents of the notebook 01_data."""
