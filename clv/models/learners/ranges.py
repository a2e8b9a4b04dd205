"""Ranges of parameters that several learners share, as wide as any sensible value."""

from typing import Annotated

from clv.strict import Between

Rounds = Annotated[int, Between(1, 10_000)]
LearningRate = Annotated[float, Between(1e-4, 1)]
Leaves = Annotated[int, Between(2, 4096)]
LeafRows = Annotated[int, Between(1, 1_000_000)]
DrawnShare = Annotated[float, Between(0.01, 1)]
TweediePower = Annotated[float, Between(1.05, 1.95)]
