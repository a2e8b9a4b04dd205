"""Fit a recipe on a shop in memory, and evaluate that of the backtest."""

import pandas as pd
from threadpoolctl import threadpool_limits

from clv.door.featurized import Featurized
from clv.door.settings import machine
from clv.errors import InputError
from clv.evaluation.baselines import RIVALS, others, plain_btyd
from clv.evaluation.holdout import Holdout
from clv.evaluation.judgement import judge
from clv.features.columns import CUSTOMER
from clv.features.timeline import Recipe, in_parts
from clv.models.forecaster import Forecaster
from clv.models.learners.xgboost import require_device
from clv.models.samples import samples_of
from clv.models.windows import windows_of
from clv.params import Params


def fit_recipe(made: Featurized, recipe: Recipe, params: Params) -> Forecaster:
    """Fit the forecaster of a recipe with the parameters as they are, as train does where nothing was tuned.

    Raises `InputError` if there are too few customers to learn from.
    """
    require_device(params.device)
    here, shares, known = machine(params), params.time.customer_shares, params.train
    with threadpool_limits(here.threads):  # BLAS threads spin too
        samples = samples_of(recipe, made.plan, made.base, made.snapshots, shares, known)
        windows = windows_of(recipe, made.plan, samples, made.snapshots, shares)
        return Forecaster.fit(samples, windows, known, here, params.seed)


def backtest_metrics(made: Featurized, params: Params) -> pd.DataFrame:
    """Fit the recipe as of one horizon ago and evaluate it on the outcome: the table of `Model.evaluate`.

    Raises `InputError` if no window has ended, and as `fit_recipe` does.
    """
    plan, recipe = made.plan, made.plan.backtest
    if recipe is None:
        raise InputError(f"there is nothing to judge by: {plan.why}")
    model, whole = fit_recipe(made, recipe, params), made.snapshot(recipe.forecast)
    asked = in_parts(whole[CUSTOMER], recipe.forecast.parts, params.time.customer_shares)
    test = whole[asked].reset_index(drop=True)
    features = model.features_of(test)
    beside = others(model, plain_btyd(model.btyd, whole), features, plan.horizon_days)
    holdout = Holdout.of(model, test, features, model.predict_from(features), beside, recipe.as_of)
    threads = machine(params).threads
    few = params.min_group_customers
    return judge(holdout, RIVALS, (), params.evaluate, few, params.seed, threads).metrics
