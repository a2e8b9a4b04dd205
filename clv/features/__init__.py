"""Snapshots as of a cutoff, and the feature table."""
