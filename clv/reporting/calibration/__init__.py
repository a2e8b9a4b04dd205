"""What the notebook 04_calibration shows, beside what 03_models does."""
