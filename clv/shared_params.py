"""The parameters at the top of params.yaml that several stages read, each as a type with its range."""

from typing import Annotated

from clv.strict import Between, Share, one_line

Seed = Annotated[int, Between(0, 2**32 - 1)]  # the largest seed of scikit-learn and XGBoost
Currency = Annotated[str, one_line(20)]
MarginRate = Share
MinGroupCustomers = Annotated[int, Between(1, 1_000_000)]
TestWindowDays = Annotated[int, Between(1, 1095)]
