"""The feature table: every feature, in the order of the columns of a snapshot.

To add a feature, add a row to its family. It is then computed, documented and tested from that row.
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
