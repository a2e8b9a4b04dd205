"""Buy-till-you-die models, learners, ensemble, intervals, and the forecaster that combines them."""
