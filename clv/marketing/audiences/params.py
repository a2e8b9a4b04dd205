"""Parameters of the lists for advertising platforms."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class AudienceParams:
    contacts: str
    key_variable: str
    country: str
    calling_code: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise ValueError(f"country must be two capital letters (ISO 3166), such as 'DE', got {self.country!r}")
        if not re.fullmatch(r"[1-9]\d{0,2}", self.calling_code):
            raise ValueError(f"calling_code must be one to three digits, such as '49', got {self.calling_code!r}")
