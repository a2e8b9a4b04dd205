"""Every number, date and text of the parameters has a rule with bounds, and nothing fails at the bounds."""

import copy
import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, make_dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from clv import paths
from clv.data.params import Zone
from clv.data.world.params import SyntheticParams
from clv.data.world.shop_calendar import make_calendar
from clv.data.world.worlds import make_world
from clv.errors import InputError
from clv.features.params import TimeParams
from clv.features.timeline import make_plan
from clv.marketing.experiments.planning import plan_next
from clv.models.params import OneOf
from clv.params import Params
from clv.strict import Between, Like, build
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

FIRST, LAST = date(1990, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Leaf:
    """A scalar type among the parameters, with its dotted path and its rules."""

    path: str
    hint: Any

    @property
    def kind(self) -> Any:
        return typing.get_args(self.hint)[0] if self.rules else self.hint

    @property
    def rules(self) -> list[Any]:
        return list(getattr(self.hint, "__metadata__", ()))

    def one(self) -> Any:
        return make_dataclass("One", [("value", self.hint)], frozen=True)


def leaves(hint: Any, path: str = "") -> Iterator[Leaf]:
    """Every scalar that a type describes, including keys and values of dicts and items of tuples."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        for name, inner in typing.get_type_hints(hint, include_extras=True).items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif origin in (types.UnionType, typing.Union):
        yield from leaves(next(arm for arm in args if arm is not types.NoneType), path)
    elif origin is tuple:
        yield from leaves(args[0], f"{path}[0]")
    elif origin is dict:
        yield from leaves(args[0], f"{path}.key")
        yield from leaves(args[1], f"{path}.value")
    else:
        yield Leaf(path, hint)


@dataclass(frozen=True)
class Whole(Params):
    """params.yaml, and synthetic.yaml as if it were a section of it."""

    synthetic: SyntheticParams


LEAVES = {leaf.path: leaf for leaf in leaves(Whole)}
RANGED = {path: leaf for path, leaf in LEAVES.items() if leaf.kind in (int, float, date)}
TEXTS = {path: leaf for path, leaf in LEAVES.items() if leaf.kind is str}


def beyond(end: Any, kind: type, way: int) -> Any:
    """The nearest value of a kind outside a range."""
    if kind is date:
        return end + timedelta(days=way)
    return end + way if kind is int else math.nextafter(end, way * math.inf)


def refusal(make: Callable[..., object], *given: Any) -> str | None:
    """The line with which the given values are refused; None where they are accepted."""
    try:
        make(*given)
    except InputError as error:
        return str(error)
    return None


def test_every_parameter_has_a_rule() -> None:
    assert len(RANGED) > 80
    for leaf in LEAVES.values():
        if leaf.kind is bool or typing.get_origin(leaf.kind) is Literal:
            continue
        wanted = (Like, OneOf, Zone) if leaf.kind is str else Between
        assert leaf.rules, f"{leaf.path} has no rule"
        assert all(isinstance(rule, wanted) for rule in leaf.rules), f"{leaf.path} has a rule that is no {wanted}"


@pytest.mark.parametrize("path", RANGED)
def test_ends_are_taken_and_what_lies_beyond_is_one_line(path: str) -> None:
    leaf = RANGED[path]
    rule = leaf.rules[0]
    for end, way in ((rule.low, -1), (rule.high, 1)):
        assert build(leaf.one(), {"value": end}).value == end
        outside = beyond(end, leaf.kind, way)
        with pytest.raises(InputError) as caught:
            build(leaf.one(), {"value": outside}, path)
        got = outside if leaf.kind is date else repr(outside)
        assert str(caught.value) == f"parameter '{path}.value' must be {rule}, got {got}"


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 100_001])
def test_texts_that_cannot_work_are_one_line(path: str, text: str) -> None:
    if (
        path.startswith("generate.files.columns.") and path.endswith(".value") and not text
    ):  # a column that is not to be read
        assert build(TEXTS[path].one(), {"value": text}, path).value == text
        return
    with pytest.raises(InputError, match=r"\Aparameter '[^\n]*\.value' must be [^\n]*, got [^\n]*\Z"):
        build(TEXTS[path].one(), {"value": text}, path)


# The collections that params.yaml leaves empty, filled so that every parameter occurs.
FILLED: dict[str, Any] = {
    "preprocess.non_products": ["postage"],
    "budget.bounds": [{"tier": "Low-CLV", "channel": "email", "min": 0.0, "max": 5000.0}],
    "budget.channel_caps": {"email": 10.0},
    "budget.elasticities": {"email": {"spend": 10.0, "new_customers": 1.0, "elasticity": 0.5}},
    "experiment.shares": {"winter-mail": {"control": 10}},
    "train.btyd.closed": [{"first": "2024-01-07", "last": "2024-02-28"}],
}


@pytest.fixture(scope="module")
def filled() -> dict[str, Any]:
    """The content of both files, with the empty collections filled."""
    content = read_yaml(ROOT / paths.PARAMS) | {"synthetic": read_yaml(ROOT / paths.SYNTHETIC)}
    for path, value in FILLED.items():
        *sections, name = path.split(".")
        holder = content
        for section in sections:
            holder = holder[section]
        holder[name] = value
    return content


def at(content: dict[str, Any], path: str) -> tuple[Any, Any, str]:
    """The mapping or list that holds a leaf, its key there, and its path with the keys of the file."""
    holder: Any = None
    here: Any = content
    spelled = ""
    for step in re.findall(r"[^.\[\]]+", path):
        inside = here
        key = int(step) if isinstance(inside, list) else next(iter(inside)) if step == "value" else step
        holder, here = inside, inside[key]
        spelled = f"{spelled}[{key}]" if isinstance(inside, list) else f"{spelled}.{key}".removeprefix(".")
    return holder, key, spelled


@pytest.mark.parametrize("path", RANGED)
def test_the_whole_file_is_refused_beyond_an_end_and_never_fails_at_one(path: str, filled: dict[str, Any]) -> None:
    leaf = RANGED[path]
    rule = leaf.rules[0]
    for end, way in ((rule.low, -1), (rule.high, 1)):
        content = copy.deepcopy(filled)
        holder, key, spelled = at(content, path)
        holder[key] = beyond(end, leaf.kind, way)
        got = holder[key] if leaf.kind is date else repr(holder[key])
        with pytest.raises(InputError) as caught:
            build(Whole, content)
        assert str(caught.value) == f"parameter '{spelled}' must be {rule}, got {got}"
        holder[key] = end
        parent = re.escape(spelled.rpartition(".")[0])
        across = rf"params.yaml: |parameter '{parent}'(:| must be) "  # a rule across several parameters
        refused = refusal(build, Whole, content)
        assert refused is None or re.match(across, refused)


EXTREMES = [
    (horizon, every, history, origins, split)
    for horizon in (1, 1095)
    for every in (1, 36_525)
    for history in (1, 36_525)
    for origins in (0, 100)
    for split in ("auto", "temporal", "customers", "none")
]


@pytest.mark.parametrize(
    ("first", "last"), [(FIRST, FIRST), (FIRST, date(1994, 1, 1)), (LAST, LAST), (date(2196, 1, 1), LAST)]
)
def test_a_plan_at_the_ends_is_made_or_refused_in_one_line(first: date, last: date, project_params: Params) -> None:
    for horizon, every, history, origins, split in EXTREMES:
        content = dataclasses.asdict(project_params.time) | {
            "horizon_days": horizon,
            "snapshot_every_days": every,
            "min_history_days": history,
            "rolling_origins": origins,
            "rolling_every_days": every,
            "split": split,
        }
        assert "\n" not in (refusal(require_plan, first, last, content) or "")


def require_plan(first: date, last: date, content: dict[str, Any]) -> None:
    """Require a plan that ends on the last day, or an `InputError`."""
    assert make_plan(first, last, build(TimeParams, content)).last_day == last


@pytest.mark.parametrize("end", ["low", "high"])
def test_the_calendar_of_a_shop_reaches_both_ends(end: str, small_world: SyntheticParams) -> None:
    shop = small_world.default
    n_days = getattr(RANGED["synthetic.default.n_days"].rules[0], end)
    changed = replace(shop, start=LAST if end == "high" else FIRST, n_days=n_days, experiment_start=FIRST)
    calendar = make_calendar(changed, 0, n_days + 1095)
    assert np.isfinite(calendar.elapsed).all()


@pytest.mark.parametrize("world", ["default", "cdnow_like", "drift", "closure", "boom"])
def test_a_shop_at_the_end_of_time_is_made(
    world: Literal["default", "cdnow_like", "drift", "closure", "boom"], small_world: SyntheticParams
) -> None:
    shop = replace(
        small_world.default,
        n_customers=100,
        start=LAST,
        n_days=36_525,
        orders_per_year=0.5,
        emails_per_year=0.5,
        ads_per_year=0.5,
        experiment_start=LAST,
        experiment_days=36_525,
    )
    cdnow = replace(small_world.cdnow_like, n_customers=100, start=LAST, n_days=36_525)
    changed: SyntheticParams = replace(small_world, world=world, default=shop, cdnow_like=cdnow)
    made = make_world(changed, 2**32 - 1, 1095)
    assert made.tables["transactions"]["order_ts"].max() > pd.Timestamp("2201-01-01")
    assert make_world(changed, 0, 1095, FIRST).truth is not None


TOO_LARGE = ("n_customers", "orders_per_year")  # their upper bounds take too long for a test
ENDS_OF_SHOPS = [
    (path, end)
    for path in RANGED
    for end in ("low", "high")
    if re.match(r"synthetic\.(default|cdnow_like)\.", path) and not (end == "high" and path.endswith(TOO_LARGE))
]


@pytest.mark.parametrize(("path", "end"), ENDS_OF_SHOPS)
def test_a_small_shop_is_made_at_each_end(path: str, end: str, small_world: SyntheticParams) -> None:
    _, which, name = path.split(".")
    few = {which: replace(getattr(small_world, which), n_customers=200, n_days=200)}
    try:
        small = replace(few[which], **{name: getattr(RANGED[path].rules[0], end)})
    except ValueError:  # a rule across several parameters
        return
    if name == "n_days" and end == "high" and which == "default":
        small = replace(small, orders_per_year=0.5, emails_per_year=0.5, ads_per_year=0.5)
    made = make_world(replace(small_world, world=which, **{which: small}), 1, 60)
    assert made.truth.drop(columns="customer_id").notna().any(axis=None)


@pytest.mark.parametrize("end", ["low", "high"])
def test_the_next_test_is_planned_at_the_ends(end: str, project_params: Params) -> None:
    ends = {
        name: getattr(RANGED[f"experiment.next.{name}"].rules[0], end)
        for name in ("lift", "power", "treated_share", "customers_per_day")
    }
    how = replace(project_params.experiment, next=replace(project_params.experiment.next, **ends))
    seen = pd.DataFrame({"revenue": [0.0, 0.0, 50.0], "purchased": [0.0, 0.0, 1.0]})
    assert len(plan_next(seen, {}, how, 60)) == 2
