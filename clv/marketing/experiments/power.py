"""How many participants a test needs, and what a test of a given size can show."""

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

SMALLEST = 1e-4  # effect in standard deviations; a smaller one takes more participants than any shop has customers
FEWEST = 2  # participants of an arm


@dataclass(frozen=True)
class Aim:
    """What a test must be able to show, and how its participants are divided.

    confidence: of the decision, two-sided; power: chance of finding the rise; treated_share: of the participants.
    """

    confidence: float
    power: float
    treated_share: float = 0.5

    @property
    def ratio(self) -> float:
        """Control participants per treated participant."""
        return (1 - self.treated_share) / self.treated_share


@dataclass(frozen=True)
class Measure:
    """What is measured of a participant: its mean without treatment, its standard deviation, and whether it is a share.

    explained: the share of its variance that a covariate removes. Shares are compared by the normal distribution after
    Cohen's arcsine transformation, whose variance does not depend on the share; means by Student's t.
    Source: Cohen (1988), "Statistical power analysis for the behavioral sciences", chapters 2 and 6.
    """

    mean: float
    sd: float
    is_share: bool
    explained: float = 0.0

    def effect(self, rise: float) -> float:
        """A relative rise of the mean in standard deviations; NaN where there is no mean, or the rise is impossible."""
        if not (self.mean > 0 and self.sd > 0) or (self.is_share and self.mean * (1 + rise) > 1):
            return float("nan")
        plain = (
            float(proportion_effectsize(self.mean * (1 + rise), self.mean))
            if self.is_share
            else rise * self.mean / self.sd
        )
        return plain / float(np.sqrt(max(1 - self.explained, 1e-9)))

    def participants(self, rise: float, aim: Aim) -> tuple[float, float]:
        """Treated and control participants needed to show a relative rise, whole numbers; NaN if no number would do."""
        effect = self.effect(rise)
        if not effect >= SMALLEST:
            return float("nan"), float("nan")
        treated = max(FEWEST, FEWEST / aim.ratio)
        if self._law.power(effect, treated, 1 - aim.confidence, aim.ratio) < aim.power:
            treated = float(
                self._law.solve_power(effect_size=effect, alpha=1 - aim.confidence, power=aim.power, ratio=aim.ratio)
            )
        return float(np.ceil(round(treated, 6))), float(np.ceil(round(treated * aim.ratio, 6)))

    def power(self, rise: float, participants: float, aim: Aim) -> float:
        """The chance that a test with `participants` in total shows a relative rise; NaN where it is not defined."""
        treated, effect = participants * aim.treated_share, self.effect(rise)
        if np.isnan(effect) or min(treated, participants - treated) < FEWEST:
            return float("nan")
        return float(self._law.power(effect, treated, 1 - aim.confidence, aim.ratio))

    def smallest_rise(self, participants: float, aim: Aim) -> float:
        """The smallest relative rise that a test with `participants` in total shows; NaN where there is none."""
        treated = participants * aim.treated_share
        if not (self.mean > 0 and self.sd > 0) or min(treated, participants - treated) < FEWEST:
            return float("nan")
        effect = self._law.solve_power(nobs1=treated, alpha=1 - aim.confidence, power=aim.power, ratio=aim.ratio)
        plain = float(np.ravel(effect)[0]) * float(np.sqrt(max(1 - self.explained, 1e-9)))
        if not self.is_share:
            return plain * self.sd / self.mean
        angle = np.arcsin(np.sqrt(self.mean)) + plain / 2
        return float(np.sin(angle) ** 2 / self.mean - 1) if angle <= np.pi / 2 else float("nan")

    @property
    def _law(self) -> NormalIndPower | TTestIndPower:
        return NormalIndPower() if self.is_share else TTestIndPower()
