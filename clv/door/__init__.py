"""The Python API: fit a shop in memory, and forecast from raw history."""
