"""The keys of the API: known by their hashes alone, from the environment, compared in constant time."""

import os
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from starlette.datastructures import Headers

from clv.errors import InputError

VARIABLE = "CLV_API_KEYS"
HASH = re.compile(r"[0-9a-f]{64}")
OF_NO_KEY = sha256(b"").hexdigest()  # what `sha256sum` gives for a variable that is not set; it would admit everybody


@dataclass(frozen=True)
class Keys:
    """SHA-256 of each key, as hexadecimal text; without any, no key is needed."""

    hashes: tuple[str, ...]

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Keys":
        """Read them from CLV_API_KEYS, with commas between.

        Raises `InputError`, which shows none, where one is no hash, or that of an empty key.
        """
        given = [text.strip().lower() for text in environment.get(VARIABLE, "").split(",") if text.strip()]
        for number, text in enumerate(given, start=1):
            if not HASH.fullmatch(text):
                raise InputError(
                    f"{VARIABLE} must be SHA-256 hashes of keys, 64 hexadecimal digits each with commas between, and "
                    f"number {number} is none; make one with `printf %s KEY | sha256sum`"
                )
            if text == OF_NO_KEY:
                raise InputError(f"{VARIABLE}: number {number} is the hash of nothing; make one of a key")
        return cls(tuple(given))

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def admit(self, headers: Headers) -> bool:
        """Whether a request has one of the keys, as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the
        password that a browser asks for."""
        hashed = sha256(_key_of(headers).encode("utf-8", "surrogateescape")).hexdigest()
        return sum(compare_digest(hashed, known) for known in self.hashes) > 0  # all are compared, whichever it is


def _key_of(headers: Headers) -> str:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(given, validate=True).decode("utf-8").partition(":")[2]
        except (Error, ValueError):
            return ""
    return headers.get("x-api-key", "")
