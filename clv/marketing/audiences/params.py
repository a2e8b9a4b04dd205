"""Parameters of the lists for advertising platforms."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Like, Line, Variable


@dataclass(frozen=True)
class AudienceParams:
    contacts: Line
    key_variable: Variable
    country: Annotated[str, Like("[A-Z]{2}", "two capital letters (ISO 3166), such as 'DE'")]
    calling_code: Annotated[str, Like("[1-9][0-9]{0,2}", "one to three digits, such as '49'")]
