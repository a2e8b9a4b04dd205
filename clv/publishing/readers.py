"""Check over HTTP who can read what is published, as a browser without credentials."""

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
REFUSALS = (400, 401, 403, 404)  # some servers answer unsigned requests with 400


@dataclass(frozen=True)
class Answer:
    """The response to a GET without credentials: the status, 0 if there is no response, and the content."""

    status: int
    content: bytes = b""


def ask(address: str) -> Answer:
    """Request an address as a browser would."""
    trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS, context=trusted) as answer:
            return Answer(answer.status, answer.read())
    except HTTPError as refused:
        return Answer(refused.code)
    except (OSError, HTTPException):
        return Answer(0)


def opens(address: str, content: bytes) -> bool:
    """Whether a GET without credentials returns that content; a login page would differ."""
    return ask(address) == Answer(200, content)


def require_private(folder: Folder, site: str | None, page: Upload) -> None:
    """Raise `InputError` unless S3, and the site, deny everyone the uploaded `page`, beside which lists would lie.

    Only a refusal shows that the page is private. Other content in its place may be a login page, or the page with
    something added on the way; and a server that does not respond now may respond later.
    """
    addresses = [public_address(folder, page.name), *([f"{site}/{page.name}"] if site else [])]
    for address in addresses:
        status = ask(address).status
        if status in REFUSALS:
            continue
        found = "opens without credentials" if status == 200 else f"does not refuse (status {status or 'none'})"
        raise InputError(
            f"lists of customers must not be published where anybody can read them, and {address} {found}; leave "
            f"out WITH_CONTACTS=1 (--with-contacts), or make the bucket and the site refuse requests without "
            f"credentials"
        )


def where_to_read(folder: Folder, site: str | None, page: Upload, latest: Upload) -> list[str]:
    """Lines that end with an address that opens: the site, the address in S3, or a signed one of the front page."""
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
    """The unsigned address of an object."""
    return replace(folder, signed=False).address(name)
