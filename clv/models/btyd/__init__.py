"""The buy-till-you-die models: purchases, spend, season, and the forecast of a snapshot that they make together."""
