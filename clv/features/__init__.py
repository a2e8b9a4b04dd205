"""The as-of cut and the feature table."""
