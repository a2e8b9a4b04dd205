"""The library behind the pipeline: the pure functions and small classes that the stages call.

It is also the Python API: `from clv import fit, Model`, the buy-till-you-die models and `rfm_summary`. A name's module
is imported when the name is first used, so that a stage imports no more than it needs.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clv.door.fitting import fit as fit
    from clv.door.model import Model as Model
    from clv.errors import InputError as InputError
    from clv.models.btyd.bg_bb import BgBb as BgBb
    from clv.models.btyd.bg_nbd import BgNbd as BgNbd
    from clv.models.btyd.gamma_gamma import GammaGamma as GammaGamma
    from clv.models.btyd.mbg_nbd import MbgNbd as MbgNbd
    from clv.models.btyd.pareto_nbd import ParetoNbd as ParetoNbd
    from clv.models.btyd.rfm_summary import rfm_summary as rfm_summary

MODULES = {  # by name
    "BgBb": "clv.models.btyd.bg_bb",
    "BgNbd": "clv.models.btyd.bg_nbd",
    "GammaGamma": "clv.models.btyd.gamma_gamma",
    "InputError": "clv.errors",
    "MbgNbd": "clv.models.btyd.mbg_nbd",
    "Model": "clv.door.model",
    "ParetoNbd": "clv.models.btyd.pareto_nbd",
    "fit": "clv.door.fitting",
    "rfm_summary": "clv.models.btyd.rfm_summary",
}
__all__ = tuple(MODULES)


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module 'clv' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULES})
