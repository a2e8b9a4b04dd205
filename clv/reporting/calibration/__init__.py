"""The contents of the notebook 04_calibration, except those shared with 03_models."""
