"""Metrics, baselines and the tables that judge a forecast."""
