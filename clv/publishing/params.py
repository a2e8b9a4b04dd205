"""Parameters of publishing: where reports go."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Like

Folder = Annotated[str, Like(r"s3://[^/\s]+(/[^/\s]+)+", "a folder in a bucket, such as s3://clv-store/reports")]
Site = Annotated[str, Like(r"https?://[^/\s]+(/[^/\s]+)*", "an address without a slash at its end, or null")]

Revisions = Annotated[int, Between(1, 10_000)]


@dataclass(frozen=True)
class PublishParams:
    url: Folder
    site: Site | None
    keep_revisions: Revisions | None
