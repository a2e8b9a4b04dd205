"""Parameters of the buy-till-you-die models."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between

PurchasesName = Literal["pareto_nbd", "mbg_nbd", "bg_nbd"]


@dataclass(frozen=True)
class BtydParams:
    purchases: PurchasesName
    discount_rate: Annotated[float, Between(1e-4, 10)]
