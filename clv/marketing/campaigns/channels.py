"""The channel through which a customer is most likely to react, from their own and their segment's past reactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.reactions import counted, counts, is_true, rows_of, summed

EMAIL = "email"
EMAIL_WORDS = ("mail", "newsletter")  # in the name of a kind of touch that needs consent to e-mail
NONE_KNOWN = "none known"


@dataclass(frozen=True)
class KindCounts:
    """Counts of touches by kind and segment, for customers in the plan: all `sent`, and those that were `reacted` to.

    Only touches with a known reaction, yes or no, are counted.
    """

    sent: pd.Series
    reacted: pd.Series

    @classmethod
    def of(cls, touches: pd.DataFrame, values: pd.DataFrame, column: str | None) -> "KindCounts":
        """Count the touches of customers with rows `values` (customer_id, rfm_segment); `column` flags reactions."""
        code, segments = pd.factorize(values["rfm_segment"])
        row, kind, kinds, reacted = _known(touches, values["customer_id"], column)
        levels: dict[str, Iterable[str]] = {"kind": kinds, "segment": segments}
        return cls(counted(levels, kind, code[row]), counted(levels, kind[reacted], code[row[reacted]]))

    @classmethod
    def together(cls, blocks: Sequence["KindCounts"]) -> "KindCounts":
        """The sum over blocks, in any order."""
        return cls(*(summed([getattr(block, name) for block in blocks]) for name in ("sent", "reacted")))

    @property
    def kinds(self) -> list[str]:
        """The kinds of touches, by name."""
        return list(self.sent.index.unique("kind"))

    def rate(self, kind: str, segments: Sequence[str], prior_touches: float) -> np.ndarray:
        """The expected rate of reactions to a kind in each segment, (k,), shrunk towards that of all customers."""
        sent, reacted = self.sent.loc[kind], self.reacted.loc[kind]
        of_all = reacted.sum() / max(sent.sum(), 1)
        sent, reacted = (part.reindex(segments, fill_value=0).to_numpy() for part in (sent, reacted))
        return (reacted + prior_touches * of_all) / (sent + prior_touches)


def next_channels(
    touches: pd.DataFrame,
    values: pd.DataFrame,
    agreed: np.ndarray,
    prior_touches: float,
    column: str | None,
    everybody: KindCounts,
) -> pd.DataFrame:
    """`channel` and `response_rate`, one row per row of `values` (customer_id, rfm_segment).

    The channel is the kind of touch with the highest expected rate of reactions: the posterior mean of a beta-binomial
    model, whose prior is the rate of the customer's segment, worth `prior_touches` touches; that rate is itself shrunk
    towards the rate of all customers in the same way (`everybody`). A reaction, flagged by `column`, is a click, or an
    opening where the shop does not record clicks. Kinds that are e-mail (`is_email`) are only for customers who
    `agreed` (n,).

    Where no reactions are known at all, the channel is e-mail for customers who agreed. Customers whom no known kind
    reaches get NONE_KNOWN: they are in the plan, and the user decides. The rate is NaN for both.
    """
    n = len(values)
    channel = np.where(agreed, EMAIL, NONE_KNOWN).astype("object")
    rate = np.full(n, -1.0)
    row, kind, kinds, reacted = _known(touches, values["customer_id"], column)
    place = {name: number for number, name in enumerate(kinds)}
    code, segments = pd.factorize(values["rfm_segment"])
    for name in everybody.kinds:
        mine = kind == place.get(name, -1)
        sent, answered = counts(row[mine], n), counts(row[mine & reacted], n)
        of_segment = everybody.rate(name, list(segments), prior_touches)[code]
        expected = np.round((answered + prior_touches * of_segment) / (sent + prior_touches), 6)
        allowed = agreed if is_email(name) else np.ones(n, dtype=bool)
        better = allowed & (expected > rate)  # of equal ones the first by name
        channel[better], rate[better] = name, expected[better]
    return pd.DataFrame({"channel": channel.astype("str"), "response_rate": np.where(rate < 0, np.nan, rate)})


def is_email(kind: str) -> bool:
    """Whether a kind of touch may be e-mail: one of EMAIL_WORDS is anywhere in its name, in any case.

    Printed letters named "direct mail" count as well: leaving out a customer costs less than contacting one who did not
    agree.
    """
    return any(word in kind.casefold() for word in EMAIL_WORDS)


def _known(
    touches: pd.DataFrame, customers: pd.Series, column: str | None
) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
    """The touches of customers whose reaction to them is known, yes or no.

    Returns the row of the customer, the code of the kind, the kinds by name, and whether the customer reacted.
    """
    if column is None or column not in touches or "kind" not in touches:
        nothing = np.empty(0, dtype="int64")
        return nothing, nothing, [], nothing.astype(bool)
    known = touches[touches[column].notna() & touches["kind"].notna()]
    row = rows_of(known["customer_id"], customers)
    kind, kinds = pd.factorize(known["kind"], sort=True)
    mine = row >= 0
    return row[mine], kind[mine], list(map(str, kinds)), is_true(known, column)[mine]
