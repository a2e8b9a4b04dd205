"""Parameters of publishing: where reports go."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Like

# A name between slashes, without characters special to a URL or a shell; . and .. would lead elsewhere.
_NAME = r"(?!\.{1,2}(?:/|\Z))[^/\s\x00-\x1f\x7f-\x9f\ud800-\udfff\"'<>\\?#%]+"
_BUCKET = "[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]"

Folder = Annotated[str, Like(rf"s3://{_BUCKET}(/{_NAME})+", "a folder in a bucket, such as s3://clv-store/reports")]
Site = Annotated[str, Like(rf"https?://{_NAME}(/{_NAME})*", "an address without a slash at its end, or null")]

Revisions = Annotated[int, Between(1, 10_000)]


@dataclass(frozen=True)
class PublishParams:
    url: Folder
    site: Site | None
    keep_revisions: Revisions | None
