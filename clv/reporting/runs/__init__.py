"""Past runs on a page: their forecasts, their backtests, and what was realised."""
