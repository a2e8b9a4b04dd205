"""A recipe of a shop in memory: its forecaster, and how the backtest's is judged."""

import pandas as pd
from threadpoolctl import threadpool_limits

from clv.door.featurized import Featurized
from clv.door.settings import machine
from clv.errors import InputError
from clv.evaluation.baselines import RIVALS, others
from clv.evaluation.judgement import Holdout, judge
from clv.features.columns import CUSTOMER
from clv.features.timeline import Recipe, in_parts
from clv.models.forecaster import Forecaster
from clv.models.learners.xgboost import require_device
from clv.models.samples import samples_of
from clv.models.windows import windows_of
from clv.params import Params


def fit_recipe(made: Featurized, recipe: Recipe, params: Params) -> Forecaster:
    """The forecaster of a recipe with the parameters as they are: what train fits where nothing was tuned.

    Raises `InputError` where too few customers teach it.
    """
    require_device(params.device)
    here, shares, known = machine(params), params.time.customer_shares, params.train
    with threadpool_limits(here.threads):  # those of BLAS spin as well
        samples = samples_of(recipe, made.plan, made.base, made.snapshot, shares, known.btyd)
        windows = windows_of(recipe, made.plan, samples, made.window)
        return Forecaster.fit(samples, windows, known, here, params.seed)


def backtest_metrics(made: Featurized, params: Params) -> pd.DataFrame:
    """Fit the recipe as of one horizon ago and judge it on what came: the table of `Model.evaluate`.

    Raises `InputError` where no window is over, and as `fit_recipe` does.
    """
    plan, recipe = made.plan, made.plan.backtest
    if recipe is None:
        raise InputError(f"there is nothing to judge by: {plan.why}")
    model, whole = fit_recipe(made, recipe, params), made.snapshot(recipe.forecast)
    asked = in_parts(whole[CUSTOMER], recipe.forecast.parts, params.time.customer_shares)
    test = whole[asked].reset_index(drop=True)
    features = model.features_of(test)
    holdout = Holdout.of(model, test, features, recipe.as_of)
    beside = others(model, whole, features, plan.horizon_days)
    threads = machine(params).threads
    few = params.min_group_customers
    return judge(holdout, beside, RIVALS, {}, params.evaluate, few, params.seed, threads).metrics
