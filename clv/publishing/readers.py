"""Asks over HTTP who can read what is published, as a browser without credentials would."""

import os
import ssl
import urllib.request
from dataclasses import replace
from http.client import HTTPException

from clv.errors import InputError
from clv.publishing.bucket import OPENS_SECONDS, Folder
from clv.publishing.plan import POINTER, Upload

PATIENCE_SECONDS = 5


def opens(address: str, content: bytes) -> bool:
    """Whether a GET without credentials gives that content; a page to log in at is another."""
    trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS, context=trusted) as answer:
            return bool(answer.read() == content)
    except (OSError, HTTPException):
        return False


def require_private(folder: Folder, site: str | None, page: Upload) -> None:
    """`InputError` where anybody can read `page`, which has been sent: lists of customers must not lie beside it."""
    addresses = [public_address(folder, page.name), *([f"{site}/{page.name}"] if site else [])]
    for address in addresses:
        if opens(address, page.content):
            raise InputError(
                f"lists of customers must not be published where anybody can read them, and {address} opens without "
                f"credentials; leave WITH_CONTACTS=1 (--with-contacts) away, or make the bucket and the site private"
            )


def where_to_read(folder: Folder, site: str | None, page: Upload, latest: Upload) -> list[str]:
    """Lines that end with an address which opens: the site's, that of S3, or a signed one of the first page alone."""
    if site:
        return [f"open {site}/{POINTER}"]
    if opens(public_address(folder, POINTER), latest.content):
        return [f"open {public_address(folder, POINTER)}"]
    return [
        f"the bucket is private: the address below opens the first page for {OPENS_SECONDS // 3600} hours, the "
        f"links on it do not work; to have a site, serve {folder.url} and say where in publish.site",
        f"open {folder.address(page.name)}",
    ]


def public_address(folder: Folder, name: str) -> str:
    """The address of an object without a signature."""
    return replace(folder, signed=False).address(name)
