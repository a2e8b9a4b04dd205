"""What forecasts are called in reports."""

from clv.models.learners.registry import BTYD, LEARNERS

TITLES = {
    "ensemble": "Ensemble",
    BTYD: "Buy till you die",
    "btyd_no_season": "Buy till you die, before season and level",
    **{name: learner.title for name, learner in LEARNERS.items()},
    "same_as_last_period": "Same as last period",
    "average_so_far": "Average so far",
    "perfect": "Perfect ranking",
    "bayes": "Bayes forecast: all that history tells",
    "latent_truth": "Truth of the synthetic shop",
}
