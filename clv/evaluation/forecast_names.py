"""What forecasts that are judged side by side are called in tables; learners are called as their registry says."""

ENSEMBLE = "ensemble"  # the forecast that is judged
PLAIN_BTYD = "btyd_no_season"
SAME_AS_LAST_PERIOD = "same_as_last_period"
AVERAGE_SO_FAR = "average_so_far"
PERFECT = "perfect"  # ranks by what was realised
# Under the true process of a synthetic shop, and with what each of its customers is like known too.
BAYES = "bayes"
LATENT_TRUTH = "latent_truth"
