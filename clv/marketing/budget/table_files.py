"""Where the tables of a budget lie; apart from what computes them, which takes a solver."""

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
