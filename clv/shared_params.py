"""The parameters at the top of params.yaml, which several stages read, each as a type with its range."""

from typing import Annotated

from clv.strict import Between, Share

Seed = Annotated[int, Between(0, 2**32 - 1)]  # what numpy and scikit-learn take
Currency = str
MarginRate = Share
MinGroupCustomers = Annotated[int, Between(1, 1_000_000)]
TestWindowDays = Annotated[int, Between(1, 1095)]
