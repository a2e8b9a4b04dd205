"""The names in tables of forecasts that are compared; learners have the names in their registry."""

ENSEMBLE = "ensemble"  # the forecast that is judged
PLAIN_BTYD = "btyd_no_season"
SAME_AS_LAST_PERIOD = "same_as_last_period"
AVERAGE_SO_FAR = "average_so_far"
PERFECT = "perfect"  # ranks by realised value
# Under the true process of a synthetic shop; the second also knows the latents of each customer.
BAYES = "bayes"
LATENT_TRUTH = "latent_truth"
