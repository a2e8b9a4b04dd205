"""The files of the tables of a budget; separate from the code that computes them, which imports a solver."""

from clv import paths

# By name in `clv.marketing.budget.all_tables`.
TABLES = {
    "cells": paths.BUDGET_CSV,
    "tiers": paths.TIER_BUDGET,
    "sensitivity": paths.SENSITIVITY,
    "regret": paths.REGRET,
    "return": paths.RETURN_CURVE,
    "response": paths.RESPONSE_CURVES,
}
