"""What was found out about the input as a whole: for the log, for a table and for the first screen of the page Data."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal

import pandas as pd

About = Literal["identity", "sale", "last day", "history", "rhythm", "reading"]


@dataclass(frozen=True)
class InputFinding:
    """One sentence about the input, and what to do where it may be wrong.

    A finding that is `flagged` may make the numbers wrong and is for a person to judge; the others only report.
    """

    about: About
    flagged: bool
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.text}; {self.remedy}" if self.remedy else self.text


def sentences(findings: pd.DataFrame, about: About) -> list[str]:
    """What rows of `as_table` say about one thing, each with its remedy; a sentence without its full stop."""
    rows = findings[findings["about"] == about]
    return [f"{text}; {remedy}" if remedy else text for text, remedy in zip(rows["text"], rows["remedy"], strict=True)]


def as_table(findings: Iterable[InputFinding]) -> pd.DataFrame:
    """One row per finding (about, flagged, text, remedy), those that are flagged first."""
    rows = [asdict(finding) for finding in sorted(findings, key=lambda finding: not finding.flagged)]
    return pd.DataFrame(rows, columns=[field.name for field in fields(InputFinding)])
