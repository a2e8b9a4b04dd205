"""Publish reports to a bucket, and check for what may prevent it."""
