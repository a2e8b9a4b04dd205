"""What the project offers to Python: fitting a shop in memory, and forecasts from raw history."""
