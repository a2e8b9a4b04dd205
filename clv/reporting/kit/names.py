"""What forecasts are called in reports."""

TITLES = {
    "ensemble": "Ensemble",
    "btyd": "Buy till you die",
    "btyd_no_season": "Buy till you die, before season and level",
    "ridge": "Ridge",
    "forest": "Random forest",
    "gradient_boosting": "Gradient boosting",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "hurdle": "Hurdle",
    "neural": "Neural network",
    "same_as_last_period": "Same as last period",
    "average_so_far": "Average so far",
    "perfect": "Perfect ranking",
    "bayes": "Bayes forecast: all that history tells",
    "latent_truth": "Truth of the synthetic shop",
}
