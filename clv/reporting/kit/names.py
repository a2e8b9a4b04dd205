"""Names of forecasts in reports."""

from clv.evaluation.forecast_names import (
    AVERAGE_SO_FAR,
    BAYES,
    ENSEMBLE,
    LATENT_TRUTH,
    PERFECT,
    PLAIN_BTYD,
    SAME_AS_LAST_PERIOD,
)
from clv.models.learners.registry import BTYD, LEARNERS

TITLES = {
    ENSEMBLE: "Ensemble",
    BTYD: "Buy till you die",
    PLAIN_BTYD: "Buy till you die, before season and level",
    **{name: learner.title for name, learner in LEARNERS.items()},
    SAME_AS_LAST_PERIOD: "Same as last period",
    AVERAGE_SO_FAR: "Average so far",
    PERFECT: "Perfect ranking",
    BAYES: "Bayes forecast: all that history shows",
    LATENT_TRUTH: "Truth of the synthetic shop",
}
