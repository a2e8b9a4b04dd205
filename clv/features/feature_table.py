"""The feature table: every feature there is, in the order of the columns of a snapshot.

To add one, add a row to its family. What a row says is computed, documented and tested from here.
"""

from clv.features.families import acquisition, buying, calendar, engagement, fitted, products
from clv.features.feature import Feature

FEATURES: tuple[Feature, ...] = (
    *buying.FEATURES,
    *products.FEATURES,
    *acquisition.FEATURES,
    *engagement.FEATURES,
    *calendar.FEATURES,
)
FITTED: tuple[Feature, ...] = fitted.FEATURES
