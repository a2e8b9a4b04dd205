"""The models of purchases by their names."""

from clv.models.bg_nbd import BgNbd
from clv.models.mbg_nbd import MbgNbd
from clv.models.pareto_nbd import ParetoNbd
from clv.models.purchase_model import PurchaseModel

__all__ = ["PURCHASE_MODELS", "PurchaseModel"]

PURCHASE_MODELS: dict[str, type[PurchaseModel]] = {
    "bg_nbd": BgNbd,
    "mbg_nbd": MbgNbd,
    "pareto_nbd": ParetoNbd,
}
