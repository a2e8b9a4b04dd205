"""The nightly run: from new data to a new release, or to a reason why the last good one stays."""
