"""What stands for personal data in a file that leaves the house."""

import hashlib
import hmac


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal in lower case: the one that platforms compare with their own."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keyed(customer_id: str, key: str) -> str:
    """HMAC-SHA256 of a customer id, hexadecimal in lower case.

    Ids are few and easily guessed: without a key, whoever has the list could hash them all and look them up.
    """
    return hmac.new(key.encode("utf-8"), customer_id.encode("utf-8"), hashlib.sha256).hexdigest()
