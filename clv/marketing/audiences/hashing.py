"""Hashes that replace personal data in files for other companies."""

import hashlib
import hmac


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal in lower case, which platforms compare with their own hashes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keyed(customer_id: str, key: str) -> str:
    """HMAC-SHA256 of a customer id, hexadecimal in lower case.

    Ids are few and easily guessed: without a key, anyone who has the list could hash all ids and look them up.
    """
    return hmac.new(key.encode("utf-8"), customer_id.encode("utf-8"), hashlib.sha256).hexdigest()
