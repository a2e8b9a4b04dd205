"""The purchase models by name."""

from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.mbg_nbd import MbgNbd
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchase_model import PurchaseModel

PURCHASE_MODELS: dict[str, type[PurchaseModel]] = {
    "bg_nbd": BgNbd,
    "mbg_nbd": MbgNbd,
    "pareto_nbd": ParetoNbd,
}
