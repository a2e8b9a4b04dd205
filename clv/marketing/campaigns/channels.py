"""Through which channel a customer is most likely to react, from what they and their segment did with touches."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from clv.marketing.campaigns.reactions import counts, is_true, reaction, rows_of

EMAIL = "email"
EMAIL_WORDS = ("mail", "newsletter")  # in the name of a kind of touch: it needs the consent to e-mail
NONE_KNOWN = "none known"


def next_channels(
    touches: pd.DataFrame, values: pd.DataFrame, agreed: np.ndarray, prior_touches: float
) -> pd.DataFrame:
    """`channel` and `response_rate`, one row per row of `values` (customer_id, rfm_segment).

    The channel is the kind of touch with the highest expected rate of reactions: the posterior mean of a beta-binomial
    model, whose prior is the rate of the customer's segment, worth `prior_touches` touches; that rate is itself drawn
    towards all customers' in the same way. A reaction is a click, or an opening where the shop knows no clicks. E-mail
    is only for who `agreed` (n,): every kind that `is_email`.

    Where no reactions are known at all, it is e-mail for those who agreed. Who cannot be reached by any kind that is
    known gets NONE_KNOWN: they are in the plan, and the user decides. The rate is NaN for both.
    """
    n = len(values)
    channel = np.where(agreed, EMAIL, NONE_KNOWN).astype("object")
    rate = np.full(n, -1.0)
    group, _ = pd.factorize(values["rfm_segment"], sort=True)
    for kind, row, reacted in _by_kind(touches, values["customer_id"]):
        expected = _posterior(counts(row, n), counts(row[reacted], n), group, prior_touches)
        allowed = agreed if is_email(kind) else np.ones(n, dtype=bool)
        better = allowed & (expected > rate)  # of equal ones the first by name
        channel[better], rate[better] = kind, expected[better]
    return pd.DataFrame({"channel": channel.astype("str"), "response_rate": np.where(rate < 0, np.nan, rate)})


def is_email(kind: str) -> bool:
    """Whether a kind of touch may be e-mail: has one of EMAIL_WORDS anywhere in its name, in any case.

    Letters on paper named "direct mail" count as well: one who is left out costs less than one who did not agree.
    """
    return any(word in kind.casefold() for word in EMAIL_WORDS)


def _by_kind(touches: pd.DataFrame, customers: pd.Series) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each kind of touch by name, with the customer (row) of each of its touches and whether they reacted."""
    column = reaction(touches)
    if column is None or "kind" not in touches:
        return
    known = touches[touches[column].notna() & touches["kind"].notna()]
    row = rows_of(known["customer_id"], customers)
    codes, kinds = pd.factorize(known["kind"], sort=True)
    reacted = is_true(known, column)
    order = np.argsort(codes, kind="stable")
    order = order[row[order] >= 0]
    ends = np.searchsorted(codes[order], np.arange(len(kinds)), side="right")
    for kind, part in zip(kinds, np.split(order, ends[:-1]), strict=True):
        yield str(kind), row[part], reacted[part]


def _posterior(sent: np.ndarray, reacted: np.ndarray, group: np.ndarray, prior: float) -> np.ndarray:
    """Expected rate of reactions of each customer, (n,), from what was sent to them and reacted to, and their group."""
    overall = reacted.sum() / max(sent.sum(), 1)
    k = int(group.max(initial=-1)) + 1
    of_group = (counts(group, k, reacted) + prior * overall) / (counts(group, k, sent) + prior)
    return np.round((reacted + prior * of_group[group]) / (sent + prior), 6)
