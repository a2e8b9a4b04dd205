"""The nightly run: from new data to a new release, or to the reason why the last good one stays."""
