"""Keys of the API: only their hashes are known, from the environment; they are compared in constant time."""

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
OF_NO_KEY = sha256(b"").hexdigest()  # result of `sha256sum` for an unset variable; it would admit everybody


@dataclass(frozen=True)
class Keys:
    """SHA-256 of each key, as hexadecimal text; if there are none, no key is required."""

    hashes: tuple[str, ...]

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Keys":
        """Read the hashes from CLV_API_KEYS, separated by commas.

        Raises `InputError`, which shows none of them, if one is not a hash, or is that of an empty key.
        """
        given = [text.strip().lower() for text in environment.get(VARIABLE, "").split(",") if text.strip()]
        for number, text in enumerate(given, start=1):
            if not HASH.fullmatch(text):
                raise InputError(
                    f"{VARIABLE} must be SHA-256 hashes of keys, 64 hexadecimal digits each with commas between, and "
                    f"number {number} is not one; make one with `printf %s KEY | sha256sum`"
                )
            if text == OF_NO_KEY:
                raise InputError(
                    f"{VARIABLE}: number {number} is the hash of an empty key; make one of a key that is not empty"
                )
        return cls(tuple(given))

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def admit(self, headers: Headers) -> bool:
        """Whether a request has one of the keys.

        It may be sent as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the password that a browser asks for.
        """
        hashed = sha256(_key_of(headers).encode("utf-8", "surrogateescape")).hexdigest()
        return sum(compare_digest(hashed, known) for known in self.hashes) > 0  # in constant time: all are compared


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
