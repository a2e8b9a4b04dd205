"""From forecasts of learners to one calibrated forecast: level, weights, curve, intervals, chances."""
