"""Asks over HTTP who can read what is published, as a browser without credentials would."""

import os
import ssl
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.error import HTTPError

from clv.errors import InputError
from clv.publishing.bucket import OPENS_SECONDS, Folder
from clv.publishing.publication import POINTER, Upload

PATIENCE_SECONDS = 5
REFUSALS = (400, 401, 403, 404)  # 400: some servers' answer to what is not signed


@dataclass(frozen=True)
class Answer:
    """What a GET without credentials gives: the status, 0 where there is none, and the content."""

    status: int
    content: bytes = b""


def ask(address: str) -> Answer:
    """Ask as a browser would."""
    trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS, context=trusted) as answer:
            return Answer(answer.status, answer.read())
    except HTTPError as refused:
        return Answer(refused.code)
    except (OSError, HTTPException):
        return Answer(0)


def opens(address: str, content: bytes) -> bool:
    """Whether a GET without credentials gives that content; a page to log in at is another."""
    return ask(address) == Answer(200, content)


def require_private(folder: Folder, site: str | None, page: Upload) -> None:
    """`InputError` unless S3, and the site, refuse `page`, which has been sent, to anybody: lists lie beside it.

    Only a refusal says that it is private. A page in the place of ours may be one to log in at, or ours with something
    added on the way; and who does not answer now may answer later.
    """
    addresses = [public_address(folder, page.name), *([f"{site}/{page.name}"] if site else [])]
    for address in addresses:
        status = ask(address).status
        if status in REFUSALS:
            continue
        found = "opens without credentials" if status == 200 else f"does not refuse (status {status or 'none'})"
        raise InputError(
            f"lists of customers must not be published where anybody can read them, and {address} {found}; leave "
            f"WITH_CONTACTS=1 (--with-contacts) away, or make the bucket and the site refuse whom they do not know"
        )


def where_to_read(folder: Folder, site: str | None, page: Upload, latest: Upload) -> list[str]:
    """Lines that end with an address which opens: the site's, that of S3, or a signed one of the first page alone."""
    if site:
        return [f"open {site}/{POINTER}"]
    if opens(public_address(folder, POINTER), latest.content):
        return [f"open {public_address(folder, POINTER)}"]
    until = datetime.now(UTC) + timedelta(seconds=OPENS_SECONDS)
    return [
        f"the bucket is private: the address below opens the first page for anybody who has it until "
        f"{until:%Y-%m-%d %H:%M} UTC ({OPENS_SECONDS // 60} minutes), so keep it out of chats and logs; the links on "
        f"it do not work; to have a site, serve {folder.url} and set publish.site to its address",
        f"open {folder.address(page.name)}",
    ]


def public_address(folder: Folder, name: str) -> str:
    """The address of an object without a signature."""
    return replace(folder, signed=False).address(name)
