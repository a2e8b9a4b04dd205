"""Profiles of a shop's data by day, and whether new data look like the data before them."""
