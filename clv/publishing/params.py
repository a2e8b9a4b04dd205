"""Parameters of publishing: where reports go."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class PublishParams:
    url: str
    site: str | None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"s3://[^/]+(/[^/]+)+", self.url):
            raise ValueError(f"url must be a folder in a bucket, such as s3://clv-store/reports, got {self.url}")
        if self.site is not None and not re.fullmatch(r"https?://[^/]+(/[^/]+)*", self.site):
            raise ValueError(f"site must be an address without a slash at its end, or null, got {self.site}")
