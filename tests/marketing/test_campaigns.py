"""The plan of a campaign: channel, hour, offer, value at stake and holdout, and its return as a randomised test."""

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.schema import EXPERIMENTS, names
from clv.marketing.budget.groups import make_groups
from clv.marketing.campaigns.channel_lists import assignments, channel_lists
from clv.marketing.campaigns.channels import NONE_KNOWN, KindCounts, next_channels
from clv.marketing.campaigns.figures import by_group, by_hour, reasons_of, totals
from clv.marketing.campaigns.hour_events import HourEvents
from clv.marketing.campaigns.hours import Hours
from clv.marketing.campaigns.judged_hours import DAYS, JudgedHours, judge_hours, within_an_hour
from clv.marketing.campaigns.offers import assign_offers
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.campaigns.plan import (
    REPEATED,
    in_holdout,
    in_running_test,
    make_plan,
    select,
    value_at_stake,
    whole_plan,
)
from clv.marketing.campaigns.reactions import reaction, reactions_in
from clv.marketing.experiments.before import first_orders
from clv.marketing.experiments.outcomes import outcomes
from clv.marketing.segments.rfm import SEGMENTS
from clv.params import Params

LAST_DAY = date(2025, 12, 31)


def shop(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    segments = [segment.name for segment in SEGMENTS]
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(n)],
            "rfm_segment": [segments[i % len(segments)] for i in range(n)],
            "tier": "Low-CLV",
            "predicted_clv": rng.gamma(1, 100, n).round(2),
            "churn_risk": rng.random(n).round(6),
            "p_purchase": rng.random(n).round(6),
            "monetary_value": rng.gamma(2, 40, n).round(2),
        }
    )


def touches_of(*rows: tuple[str, str, str, bool | None]) -> pd.DataFrame:
    """Touches of (customer, kind, time, whether it was clicked)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "kind", "touch_ts", "clicked"])
    return frame.assign(
        touch_ts=pd.to_datetime(frame["touch_ts"], format="ISO8601"), clicked=frame["clicked"].astype("boolean")
    )


def orders_of(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "order_ts"])
    return frame.assign(order_ts=pd.to_datetime(frame["order_ts"], format="ISO8601"), amount_minor=500)


def sent(customer: str, kind: str, n: int, clicks: int) -> list[tuple[str, str, str, bool | None]]:
    return [(customer, kind, f"2025-01-{1 + i % 28:02d} 10:00", i < clicks) for i in range(n)]


def channels_of(touches: pd.DataFrame, values: pd.DataFrame, agreed: np.ndarray, prior_touches: float) -> pd.DataFrame:
    """The channels of customers, where `values` holds all customers."""
    column = reaction(reactions_in(touches))
    return next_channels(touches, values, agreed, prior_touches, column, KindCounts.of(touches, values, column))


def hours_of(touches: pd.DataFrame, lines: pd.DataFrame, values: pd.DataFrame) -> tuple[Hours, HourEvents]:
    """The hours and the events of customers, where `values` holds all customers."""
    events = HourEvents.of(touches, lines, values, reaction(reactions_in(touches)))
    return Hours.of(events.counts()), events


def best(touches: pd.DataFrame, lines: pd.DataFrame, values: pd.DataFrame, prior: float) -> list[int]:
    hours, events = hours_of(touches, lines, values)
    return hours.best(events, prior).to_list()


def judged_of(touches: pd.DataFrame, lines: pd.DataFrame, values: pd.DataFrame, prior: float) -> JudgedHours:
    """The judgement of hours learned before the last 90 days, by the orders in these days."""
    _, events = hours_of(touches, lines, values)
    cut = lines.loc[lines["amount_minor"] > 0, "order_ts"].max() - DAYS
    before = events.until(cut)
    sent = Hours.of(before.counts()).best(before, prior)
    later = events.orders[events.orders["at"] > cut]
    hits = None if sent.isna().any() else within_an_hour(later["hour"].to_numpy(), sent.to_numpy()[later["row"]])
    return judge_hours(before.by_hour(), events.by_hour() - before.by_hour(), hits)


NOBODY = np.zeros(400, dtype=bool)
NO_TOUCHES = touches_of()
NO_ORDERS = orders_of()


def test_the_channel_is_the_beta_binomial_posterior_mean_drawn_to_the_segment() -> None:
    values = shop(2).assign(rfm_segment="Loyal")
    touches = touches_of(
        *sent("c00000", "ad", 10, 4),
        *sent("c00001", "ad", 30, 0),
        *sent("c00001", "email", 10, 2),
        ("c00000", "ad", "2025-01-01", None),
        ("gone", "ad", "2025-01-01", True),
    )
    found = channels_of(touches, values, np.array([False, True]), prior_touches=20)
    # With one segment, its rate is that of all customers: 4 of 40 ads.
    assert found["response_rate"].to_list() == pytest.approx([(4 + 20 * 0.1) / (10 + 20), (2 + 20 * 0.2) / (10 + 20)])
    assert found["channel"].to_list() == ["ad", "email"]


def test_who_is_unknown_is_like_their_segment_which_is_drawn_to_everybody() -> None:
    values = shop(4).assign(rfm_segment=["Loyal", "Lost", "Lost", "New"])
    touches = touches_of(*sent("c00000", "ad", 80, 20), *sent("c00001", "ad", 40, 0))
    rate = channels_of(touches, values, np.full(4, True), prior_touches=20)["response_rate"]
    everybody = 20 / 120
    assert rate[2] == pytest.approx(20 * everybody / (40 + 20), abs=1e-6)
    assert rate[3] == pytest.approx(everybody, abs=1e-6)


KINDS = ["E-Mailing", "email_campaign", "MAIL", "Newsletter", "ad", "sms"]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(KINDS), st.sampled_from([True, False, None])), max_size=60),
    st.integers(0, 2**10 - 1),
)
def test_nobody_without_consent_is_planned_by_email(rows: list[tuple[int, str, bool | None]], consent: int) -> None:
    agreed = np.array([bool(consent >> i & 1) for i in range(10)])
    touches = touches_of(*((f"c{i:05d}", kind, "2025-01-01 12:00", clicked) for i, kind, clicked in rows))
    channel = channels_of(touches, shop(10), agreed, 20)["channel"]
    assert set(channel[~agreed]) <= {"ad", "sms", NONE_KNOWN}
    assert channel.notna().all()


def test_without_touches_it_is_email_for_those_who_agreed() -> None:
    for touches in (NO_TOUCHES, NO_TOUCHES.drop(columns=["kind", "clicked"]), touches_of(("c00000", "ad", "", None))):
        found = channels_of(touches, shop(2), np.array([True, False]), 20)
        assert found["channel"].to_list() == ["email", NONE_KNOWN]
        assert found["response_rate"].isna().all()


def test_openings_count_where_clicks_are_not_known() -> None:
    touches = touches_of(*sent("c00000", "ad", 10, 5)).rename(columns={"clicked": "opened"})
    found = channels_of(touches, shop(1), np.array([False]), 20)
    assert found["response_rate"].to_list() == [0.5]


def test_send_hours_are_those_of_orders_drawn_to_the_segment() -> None:
    values = shop(3).assign(rfm_segment=["Loyal", "Loyal", "Lost"])
    own = [("c00000", f"2025-01-{1 + i:02d} 08:30") for i in range(9)]
    others = [("c00001", f"2025-02-{1 + i:02d} 20:15") for i in range(12)]
    lines = orders_of(*own, *own, *others, ("c00002", "2025-03-01 00:00:00"))
    hours, _ = hours_of(NO_TOUCHES, lines, values)
    assert hours.orders == 21, "two lines at one moment are one order, and midnight sharp is no time"
    assert best(NO_TOUCHES, lines, values, 5) == [8, 20, 20]
    assert best(NO_TOUCHES, lines, values, 500) == [20, 20, 20]
    assert best(NO_TOUCHES, lines[-1:], values, 5) == [pd.NA] * 3
    assert best(NO_TOUCHES, NO_ORDERS, values[:0], 5) == []


def test_a_click_at_the_hour_at_which_all_mails_go_out_says_little() -> None:
    values = shop(1)
    orders = orders_of(("c00000", "2025-01-01 19:00"), ("c00000", "2025-01-02 19:00"))
    mails = touches_of(*sent("c00000", "email", 20, 20))
    found, _ = hours_of(mails, orders, values)
    assert (best(mails, orders, values, 1), found.same_hour) == ([19], ("email",))
    assert found.reactions == pytest.approx(20 / 24, abs=0.02)
    spread = [("c00000", "email", f"2025-01-01 {hour:02d}:30", hour == 7) for hour in range(24)] * 20
    assert best(touches_of(*spread), orders, values, 1) == [7], "one of many hours was chosen"


def test_hours_of_ones_own_are_held_against_later_orders() -> None:
    values = shop(2).assign(rfm_segment="Loyal")
    days = pd.date_range("2025-01-01", "2025-12-31", freq="5D")
    rows = [
        (customer, f"{day:%Y-%m-%d} {hour}:00") for day in days for customer, hour in (("c00000", 9), ("c00001", 21))
    ]
    judged = judged_of(NO_TOUCHES, orders_of(*rows), values, 5)
    assert (judged.own, judged.same_for_all) == (1.0, 0.5)
    assert judged.prior(5) == 5
    by_chance = [
        (row[0], f"2025-{m:02d}-{d:02d} {h}:00")
        for row in rows[:2]
        for m in range(1, 13)
        for d, h in ((3, 18), (9, 18), (15, (5 * m + len(row[0])) % 24))
    ]
    usual = judged_of(NO_TOUCHES, orders_of(*by_chance), values, 1)
    assert usual.own <= usual.same_for_all
    lines = orders_of(*by_chance, ("c00000", "2025-12-30 03:00"))
    assert best(NO_TOUCHES, lines, values, usual.prior(1)) == [18, 18], "one for all, where own hours are no better"
    assert judged_of(NO_TOUCHES, orders_of(rows[0]), values, 5).orders == 0
    assert judged_of(NO_TOUCHES, NO_ORDERS, values, 5).orders == 0


def test_the_hour_for_all_is_that_of_orders_with_a_time_of_day() -> None:
    values = shop(1)
    dates = [("c00000", f"2025-0{m}-{d:02d} 00:00") for m in (1, 2) for d in range(1, 29)]
    lines = [("c00000", "2025-03-01 09:15")] * 20
    real = [("c00000", f"2025-04-{d:02d} 18:00") for d in range(1, 6)] + [("c00000", "2025-12-01 18:30")]
    back = orders_of(*((c, ts.replace("18:00", "11:00")) for c, ts in real * 3)).assign(amount_minor=-500)
    judged = judged_of(NO_TOUCHES, pd.concat([orders_of(*dates, *lines, *real), back]), values, 5)
    assert (judged.hour_for_all, judged.same_for_all) == (18, 1.0)
    clicks = touches_of(*sent("c00000", "ad", 5, 5))
    nothing = judged_of(clicks, orders_of(*dates, real[-1]), values, 5)
    assert (nothing.orders, nothing.hour_for_all) == (0, None), "no hour is known of the orders before"


def test_every_segment_has_one_offer_and_who_buys_anyway_no_discount(project_params: Params) -> None:
    offers = project_params.campaign.offers
    assert all(offers.of(segment.name) is not None for segment in SEGMENTS)
    assert len(fields(offers)) == len(SEGMENTS)
    assert offers.champions.discount == offers.loyal.discount == offers.new.discount == 0
    values = shop(4).assign(
        rfm_segment=["Champions", "At risk", "At risk", "At risk"],
        monetary_value=100.0,
        p_purchase=[0.9, 0.5, 0.5, np.nan],
    )
    found = assign_offers(values, np.array([1.0, 5.0, 4.99, 100.0]), offers)
    assert found["offer_cost"].to_list() == [0, 5.0, 0, 0]
    assert found["offer"].to_list() == ["early access", "10% win-back voucher", "reminder", "reminder"]


def test_value_at_stake_is_the_slope_of_the_margin_in_the_log_odds_of_buying() -> None:
    spend, margin, log_odds, step = 80.0, 0.4, 0.7, 1e-4

    def expected(at: float) -> float:
        return margin * spend / (1 + np.exp(-at))

    p = 1 / (1 + np.exp(-log_odds))
    values = pd.DataFrame({"predicted_clv": [p * spend], "churn_risk": [1 - p]})
    slope = (expected(log_odds + step) - expected(log_odds - step)) / (2 * step)
    assert value_at_stake(values, margin)[0] == pytest.approx(slope, abs=0.005)


def test_who_is_left_out_and_why() -> None:
    at_stake = np.array([1.0, np.nan, 0.0, 2.0])
    chosen, left_out = select(shop(4), at_stake, np.array([False, False, False, True]))
    assert chosen.tolist() == [True, False, False, False]
    assert left_out == {"no forecast": 1, "nothing at stake": 1, "in a running test": 1}


def test_a_test_runs_until_its_window_is_over() -> None:
    tests = pd.DataFrame({"customer_id": ["a", "b"], "assigned_ts": pd.to_datetime(["2025-12-03", "2025-12-02"])})
    open_for = in_running_test(pd.Series(["a", "b", "c"]), tests, 30, pd.Timestamp(LAST_DAY))
    assert open_for.tolist() == [True, False, False]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=40, unique=True), st.randoms())
def test_the_holdout_hangs_on_name_and_customer_alone(customers: list[str], random: object) -> None:
    whole = dict(zip(customers, in_holdout(pd.Series(customers), "spring", 0.5), strict=True))
    part = customers[::-2]
    assert in_holdout(pd.Series(part), "spring", 0.5).tolist() == [whole[customer] for customer in part]
    more = in_holdout(pd.Series(customers), "spring", 0.7)
    assert all(kept for customer, kept in zip(customers, more, strict=True) if whole[customer]), "a larger one adds"


def test_the_holdout_has_its_share_and_another_campaign_another() -> None:
    customers = shop(20_000)["customer_id"]
    spring, summer = (in_holdout(customers, name, 0.1) for name in ("spring", "summer"))
    assert spring.mean() == pytest.approx(0.1, abs=0.007)  # three standard deviations
    assert (spring & summer).mean() == pytest.approx(0.01, abs=0.0022)
    assert not in_holdout(customers, "spring", 0.0).any()


def planned(
    values: pd.DataFrame,
    at_stake: np.ndarray,
    agreed: np.ndarray,
    touches: pd.DataFrame,
    orders: pd.DataFrame,
    params: CampaignParams,
) -> pd.DataFrame:
    hours, events = hours_of(touches, orders, values)
    channels = channels_of(touches, values, agreed, params.prior_touches)
    part = make_plan(values, at_stake, channels, params).astype(dict.fromkeys(REPEATED, "category"))
    return whole_plan([part], [hours.best(events, params.prior_touches)]).astype(dict.fromkeys(REPEATED, "str"))


def test_the_plan_comes_back_as_the_outcome_of_a_test(project_params: Params) -> None:
    """Plan, send, append the assignments to the tests, and read the revenue 60 days later."""
    n, window = 1200, 60
    values, params = shop(n), replace(project_params.campaign, name="spring", holdout_share=0.3)
    customers, agreed = values["customer_id"], np.arange(n) % 2 == 0
    past = orders_of(*((customer, f"2025-{month:02d}-10 18:00") for customer in customers for month in (1, 6)))
    touches = touches_of(*(row for c in customers for row in (*sent(c, "ad", 2, 1), *sent(c, "email", 2, 2))))
    plan = planned(values, value_at_stake(values, 0.4), agreed, touches, past, params)
    table = assignments(plan, params.name, LAST_DAY)
    assert list(table.columns) == names(EXPERIMENTS)

    raw = table.astype("str")  # as if read from the CSV
    clean = clean_table("experiments", raw, Cleaning(time_zone="UTC")).clean
    treated = plan.loc[~plan["holdout"], "customer_id"]
    bought = orders_of(*((customer, "2026-01-15 12:00") for customer in customers))
    bought["amount_minor"] = np.where(bought["customer_id"].isin(treated), 1500, 500)
    lines = pd.concat([past, bought])
    seen, still_open = outcomes(
        clean,
        lines,
        first_orders(lines),
        window,
        180,
        pd.Timestamp("2026-03-01"),
        project_params.segment.tiers,
        "bg_nbd",
    )
    assert (len(seen), still_open) == (n, 0)
    assert set(seen["experiment"]) == {"spring"}
    assert dict(zip(seen["customer_id"], seen["is_control"], strict=True)) == dict(
        zip(plan["customer_id"], plan["holdout"], strict=True)
    )
    assert seen.groupby("is_control")["revenue"].mean().to_dict() == {False: 15.0, True: 5.0}
    assert seen["cost"].sum() == pytest.approx(plan.loc[~plan["holdout"], "offer_cost"].sum(), abs=0.01)
    assert set(seen.loc[~seen["is_control"], "channel"]) == {"ad", "email"}
    assert set(seen.loc[seen["is_control"], "channel"]) == {""}
    groups = make_groups(seen, {}, 10, 1)
    assert groups.left_out == ("test spring, arm treated: it has several channels, which were not drawn by lot",)
    assert groups.table.empty, "the channel followed from the customer, so it is no evidence of the channel"
    running = in_running_test(customers, clean, window, pd.Timestamp("2026-02-01"))
    assert running.all(), "and until then a next campaign leaves them alone"


def test_channel_lists_hold_the_treated_once_under_safe_names(project_params: Params) -> None:
    plan = planned(shop(400), np.ones(400), np.ones(400, dtype=bool), NO_TOUCHES, NO_ORDERS, project_params.campaign)
    plan["channel"] = ["../e mail", "E-mail", "e mail", "assignments", "電話"] * 80
    fallen = plan["customer_id"].iloc[::7]
    lists = channel_lists(plan, fallen)
    assert sorted(lists) == ["assignments-2", "channel", "e-mail", "e-mail-2", "e-mail-3"]
    everyone = pd.concat(lists.values())["customer_id"]
    assert everyone.is_unique
    assert set(everyone) == set(plan.loc[~plan["holdout"], "customer_id"])
    marked = pd.concat(lists.values()).query("fell == 'yes'")["customer_id"]
    assert set(marked) == set(fallen) & set(everyone)


def test_small_groups_are_named_and_no_more(project_params: Params) -> None:
    plan = planned(shop(25), np.ones(25), np.ones(25, dtype=bool), NO_TOUCHES, NO_ORDERS, project_params.campaign)
    plan["channel"] = ["ad"] * 22 + ["email"] * 3
    plan["send_hour"] = pd.array([9] * 22 + [10] * 3, dtype="Int64")
    for row in by_group(plan, ["channel"], 20):
        assert row == dict.fromkeys(row) | {"channel": row["channel"]}, "with the total 22 would reveal 3"
    assert by_hour(plan, 20) == {f"{hour:02d}": None if hour in (9, 10) else 0 for hour in range(24)}
    assert {row["customers"] for row in by_group(plan, ["channel"], 3)} == {22, 3}
    assert by_hour(plan, 3)["10"] == 3


def test_tables_of_a_segment_do_not_tell_what_the_other_hides() -> None:
    groups = {
        ("Loyal", "ad", "gift"): 60,
        ("Loyal", "sms", "gift"): 5,
        ("New", "ad", "gift"): 70,
        ("New", "sms", "gift"): 80,
        ("Lost", "ad", "gift"): 5,
        ("At risk", "ad", "gift"): 40,
        ("At risk", "sms", "note"): 50,
        ("About to sleep", "ad", "gift"): 300,
        ("About to sleep", "sms", "note"): 300,
    }
    plan = pd.DataFrame(
        [group for group, n in groups.items() for _ in range(n)], columns=["rfm_segment", "channel", "offer"]
    )
    plan = plan.assign(holdout=False, value_at_stake=1.0, offer_cost=0.0, response_rate=0.1)

    def shown(second: str) -> set[tuple[str, str]]:
        rows = by_group(plan, ["rfm_segment", second], 20)
        return {(row["rfm_segment"], row[second]) for row in rows if row["customers"] is not None}

    assert not {segment for segment, _ in shown("channel") | shown("offer")} & {"Lost", "Loyal"}, (
        "Lost has 5, the next smallest covers it in both tables"
    )
    by_sms = {segment for segment, channel in shown("channel") if channel == "sms"}
    assert by_sms == {"New", "About to sleep"}, (
        "At risk covers the 5 by sms, which all by sms less the others would reveal"
    )
    assert ("New", "gift") in shown("offer")


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 60), st.integers(0, 60)), max_size=9),
    st.integers(1, 30),
)
def test_no_arm_of_few_is_said_nor_told_by_the_others(cells: list[tuple[int, int, int, int]], minimum: int) -> None:
    """Every total that a table shows is subtracted from the others, as a reader could do."""
    plan = pd.DataFrame(
        [
            (f"s{segment}", f"c{channel}", arm)
            for segment, channel, treated, holdout in cells
            for arm, n in ((False, treated), (True, holdout))
            for _ in range(n)
        ],
        columns=["rfm_segment", "channel", "holdout"],
    ).astype({"holdout": "bool", "rfm_segment": "str", "channel": "str"})
    plan = plan.assign(value_at_stake=1.0, offer_cost=0.0, response_rate=0.1)
    for keys in (["rfm_segment"], ["channel"], ["rfm_segment", "channel"]):
        rows = by_group(plan, keys, minimum)
        for row in rows:
            assert not [arm for arm in ("treated", "holdout") if row[arm] and row[arm] < minimum]
            assert row["value_at_stake"] is None or row["value_at_stake"] >= minimum or row["value_at_stake"] == 0
        sizes = plan.groupby([*keys, "holdout"]).size()
        for holdout, arm in ((False, "treated"), (True, "holdout")):
            for name in keys if len(keys) == 2 else [None]:
                for line in {row[name] for row in rows} if name else {None}:
                    missing = [tuple(row[n] for n in keys) for row in rows if row[arm] is None]
                    missing = [group for group in missing if name is None or group[keys.index(name)] == line]
                    left = [int(sizes.get((*group, holdout), 0)) for group in missing]
                    left = [n for n in left if n]
                    whole = plan if name is None else plan[plan[name] == line]
                    told = (whole["holdout"] == holdout).sum() - sum(left) > 0
                    assert not left or not told or (len(left) > 1 and sum(left) >= minimum)
    pairs = by_group(plan, ["rfm_segment", "channel"], minimum)
    for name in ("rfm_segment", "channel"):
        for row in by_group(plan, [name], minimum):
            for arm in ("treated", "holdout"):
                parts = [pair[arm] for pair in pairs if pair[name] == row[name]]
                assert row[arm] is not None or None in parts, "the parts would add up to it"


def test_an_offer_that_two_segments_share_tells_nothing_of_either() -> None:
    """No table has totals by offer, so a large segment need not hide a small one that gets the same offer."""
    sizes = {"New": (190, 18), "Promising": (200, 30), "Loyal": (3000, 300)}
    rows = [(s, arm) for s, n in sizes.items() for arm, many in zip((False, True), n, strict=True) for _ in range(many)]
    plan = pd.DataFrame(rows, columns=["rfm_segment", "holdout"])
    plan["offer"] = np.where(plan["rfm_segment"] == "Promising", "welcome", "news")
    plan = plan.assign(value_at_stake=1.0, offer_cost=0.0, response_rate=0.1)
    shown = {row["rfm_segment"]: row["holdout"] for row in by_group(plan, ["rfm_segment", "offer"], 20)}
    assert shown == {"New": None, "Promising": None, "Loyal": 300}


def test_the_arms_of_a_plan_are_both_unsaid_where_one_is_small() -> None:
    plan = pd.DataFrame({"holdout": [True] * 12 + [False] * 150, "value_at_stake": 1.0, "offer_cost": 0.5})
    shown = totals(plan, 20)
    assert shown == {"customers": 162, "treated": None, "holdout": None, "value_at_stake": 150.0, "offer_cost": 75.0}
    assert totals(plan, 12)["holdout"] == 12
    mostly = totals(plan.assign(holdout=~plan["holdout"]), 20)
    assert mostly == dict.fromkeys(mostly) | {"customers": 162}, "no figure is shown of 12 who are reached"


def test_few_who_are_left_out_are_not_counted_nor_is_it_said_why() -> None:
    assert reasons_of({}, 20) == {}
    assert reasons_of({"no forecast": 30, "in a running test": 400}, 20) == {
        "no forecast": 30,
        "in a running test": 400,
    }
    assert reasons_of({"no forecast": 3}, 20) == {"other reasons": None}
    assert reasons_of({"no forecast": 3, "in a running test": 50, "nothing at stake": 70}, 20) == {
        "nothing at stake": 70,
        "other reasons": None,
    }


@pytest.mark.parametrize("n", [0, 3])
def test_an_empty_or_tiny_plan(n: int, project_params: Params) -> None:
    values = shop(n)
    plan = planned(values, np.ones(n), np.zeros(n, dtype=bool), NO_TOUCHES, NO_ORDERS, project_params.campaign)
    assert totals(plan, 20)["customers"] == n
    assert len(assignments(plan, "x", LAST_DAY)) == n
    assert set(channel_lists(plan, plan["customer_id"])) <= {"none-known"}
    assert by_hour(plan, 20) == {}
    assert all(row["customers"] is None for row in by_group(plan, ["rfm_segment", "channel"], 20))
