"""The key for hashing uids: where it is read from, and whether others could guess it."""

import math
import os
import re
from collections import Counter
from itertools import pairwise

from clv.errors import InputError
from clv.marketing.audiences.params import KEY_NAME

REMEDY = "python -c 'import secrets; print(secrets.token_hex(32))'"
SHORTEST = 16  # characters
FEWEST = 8  # different ones; one in a hundred random keys of 16 hexadecimal digits has fewer, none of 32 digits
LEAST_BITS = 40.0  # length times the entropy of the frequencies of its characters
WORDS = re.compile(
    "password|passwort|passphrase|secret|change|example|placeholder|default|admin|test|your|audience|customer|insert|"
    "letmein|welcome|hello|dummy|sample|please|replace|value|token",
    re.IGNORECASE,
)
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
NEIGHBOURS = {pair for row in ROWS for a, b in pairwise(row) for pair in (a + b, b + a)}


def read_key(variable: str) -> str:
    """The key for the uids from an environment variable, "" where it is not set.

    Raises `InputError` for a key that can be guessed; the message does not quote it.
    """
    key = os.environ.get(variable, "").strip()
    copied = [name for name in sorted(os.environ) if not KEY_NAME.admits(name) and os.environ[name].strip() == key]
    why = guessable(key) or (f"is the value of {copied[0]}" if copied else "")
    if key and why:
        raise InputError(
            f"{variable} must hold at least {SHORTEST} characters, which nobody can guess, and {why}; set it to what "
            f"{REMEDY} prints, or unset it"
        )
    return key


def guessable(key: str) -> str:
    """Why a key could be guessed, in words that continue after "it" and do not quote the key; "" without a reason."""
    low, left = key.lower(), WORDS.sub("", key)
    if len(key) < SHORTEST:
        return f"has {len(key)}"
    if len(set(key)) < FEWEST:
        return f"has {len(set(key))} different ones, of at least {FEWEST}"
    if any(key == (key[:n] * len(key))[: len(key)] for n in range(1, len(key) // 2 + 1)):
        return "repeats a shorter text"
    if sum(a + b in NEIGHBOURS for a, b in pairwise(low)) > (len(low) - 1) / 2:
        return "runs along the alphabet, the digits or the keyboard"
    if len(left) < SHORTEST:
        return f"has {len(left)} beside common words"
    if _bits(key) < LEAST_BITS:
        return "is nearly always the same character"
    return ""


def _bits(text: str) -> float:
    """The number of bits that encode a text by the frequencies of its characters."""
    return sum(-n * math.log2(n / len(text)) for n in Counter(text).values())
