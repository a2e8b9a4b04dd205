"""Read and write objects in a folder of a bucket, with the endpoint, credentials and region of the DVC remote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from clv.publishing.failures import explained
from clv.publishing.publication import Upload
from clv.publishing.remote import Access

PATIENT = {"connect_timeout": 10, "read_timeout": 60, "retries": {"mode": "standard", "total_max_attempts": 3}}
QUICK = {"connect_timeout": 3, "read_timeout": 3, "retries": {"total_max_attempts": 1}}
OPENS_SECONDS = 3600  # anyone with the address can open it


@dataclass(frozen=True)
class Stored:
    """An object in a listing; the ETag is the MD5 of the content, unless S3 computed it otherwise."""

    size: int
    etag: str


@dataclass(frozen=True)
class Folder:
    """A folder in a bucket, with or without credentials. Methods that call S3 raise `InputError` if it refuses."""

    url: str
    access: Access
    signed: bool = True
    quick: bool = False

    @property
    def bucket(self) -> str:
        return self.url.removeprefix("s3://").partition("/")[0]

    def key(self, name: str) -> str:
        """The key of an object by its name in this folder."""
        prefix = self.url.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{prefix}/{name}" if prefix else name

    @cached_property
    def session(self) -> Any:
        return botocore.session.Session(profile=self.access.arguments.get("profile"))

    @cached_property
    def client(self) -> Any:
        given = self.access.arguments
        signature = "s3v4" if self.signed and not given.get("anon") else UNSIGNED
        settings = given.get("config_kwargs", {})
        config = settings | QUICK if self.quick else PATIENT | settings
        with explained(self.url, "the endpoint"):
            return self.session.create_client(
                "s3",
                aws_access_key_id=given.get("key"),
                aws_secret_access_key=given.get("secret"),
                aws_session_token=given.get("token"),
                use_ssl=given.get("use_ssl", True),
                config=Config(**config, signature_version=signature),
                **given.get("client_kwargs", {}),
            )

    @property
    def endpoint(self) -> str:
        return self.client.meta.endpoint_url

    @property
    def region(self) -> str:
        return self.client.meta.region_name

    def listing(self, name: str) -> dict[str, Stored]:
        """The objects in the subfolder `name`, by their name in this folder."""
        with self._explained():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.key(f"{name}/")
            )
            found = [entry for page in pages for entry in page.get("Contents", [])]
        start = len(self.key(""))
        return {entry["Key"][start:]: Stored(entry["Size"], entry["ETag"].strip('"')) for entry in found}

    def dates(self) -> dict[str, str]:
        """The time at which each object in this folder and below was written, ISO 8601 in UTC, by name."""
        with self._explained():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.key(""))
            found = [entry for page in pages for entry in page.get("Contents", [])]
        start = len(self.key(""))
        return {entry["Key"][start:]: f"{entry['LastModified']:%Y-%m-%dT%H:%M:%S}" for entry in found}

    def put(self, upload: Upload) -> None:
        """Write an object in one request, so that it appears only when complete; encryption and ACL are DVC's."""
        where = {"Bucket": self.bucket, "Key": self.key(upload.name)}
        headers = {"ContentType": upload.content_type, "CacheControl": upload.cache_control}
        given = self.access.arguments.get("s3_additional_kwargs", {})
        with self._explained():
            self.client.put_object(**where, Body=upload.content, **headers, **given)

    def get(self, name: str) -> bytes:
        """The content of an object."""
        given = self.access.arguments.get("s3_additional_kwargs", {})
        customer = {key: value for key, value in given.items() if key.startswith("SSECustomer")}
        with self._explained():
            return self.client.get_object(Bucket=self.bucket, Key=self.key(name), **customer)["Body"].read()

    def delete(self, name: str) -> None:
        """Remove an object."""
        with self._explained():
            self.client.delete_object(Bucket=self.bucket, Key=self.key(name))

    def headers(self) -> dict[str, str]:
        """The headers of a response about the bucket; an error response has them too."""
        with self._explained():
            try:
                answer = self.client.head_bucket(Bucket=self.bucket)
            except self.client.exceptions.ClientError as error:
                answer = error.response
        return answer["ResponseMetadata"]["HTTPHeaders"]

    def address(self, name: str) -> str:
        """The HTTP address of an object; with credentials, one that opens without them for `OPENS_SECONDS`."""
        where = {"Bucket": self.bucket, "Key": self.key(name)}
        with self._explained():
            return self.client.generate_presigned_url("get_object", Params=where, ExpiresIn=OPENS_SECONDS)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self.url, self.endpoint):
            yield
