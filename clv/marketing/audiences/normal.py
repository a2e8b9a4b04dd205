"""The forms of personal data that advertising platforms require before hashing; None where a value cannot be read.

Meta: "Customer information parameters" and "Best practices for hashing" of the Marketing API, and the help page "How to
format a customer list". Google: "Customer Match: formatting guidelines for uploading hashed data" (help, 7476159).
"""

import re
import unicodedata
from datetime import date

EMAIL = re.compile(r"[^\s@,;<>()\[\]\"':\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
GMAIL = ("gmail.com", "googlemail.com")
PHONE = re.compile(r"[(\s]*\+?[0-9\s()./–-]+")
TRUNK = re.compile(r"\(\s*0\s*\)")  # in +49 (0) 171: the zero that is only dialled within the country
PHONE_DIGITS = (8, 15)  # with the country code; E.164 allows 15
KEEPS_ZERO = ("39",)  # calling codes after which the zero of a national number stays: Italy
ZIP = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,10}")
MADID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NO_DEVICE = "00000000-0000-0000-0000-000000000000"  # the id of a phone whose owner has disabled tracking
GENDERS = {"m": "m", "male": "m", "f": "f", "female": "f"}
OLDEST = 120  # years


def email(text: str) -> str | None:
    """An e-mail address in lower case."""
    found = unicodedata.normalize("NFC", text).strip().lower()
    local = found.partition("@")[0]
    if not EMAIL.fullmatch(found) or ".." in found or local.startswith(".") or local.endswith("."):
        return None
    return found


def google_email(normal: str) -> str:
    """Google's form of an address from `email`: in Gmail addresses, dots and anything after a plus sign are dropped."""
    local, _, domain = normal.partition("@")
    if domain not in GMAIL:
        return normal
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def phone(text: str, calling_code: str | None) -> str | None:
    """Digits that begin with the country code, as Meta requires; Google requires the same after a plus sign.

    A number that begins with + or 00 has a country code. Any other number, with the leading zero of a national number
    or without, gets `calling_code`, unless it begins with that code and has more than ten digits; without a
    `calling_code` it cannot be used.
    """
    if not PHONE.fullmatch(text.strip()):
        return None
    international = is_international(text)
    digits = re.sub(r"\D", "", TRUNK.sub("", text) if international else text)
    if international:
        digits = digits.removeprefix("00")
    elif calling_code is None:
        return None
    elif not digits.startswith(calling_code) or len(digits) <= 10:
        trunk = "" if calling_code in KEEPS_ZERO else "0"
        digits = calling_code + (digits.removeprefix(trunk) if trunk else digits)
    low, high = PHONE_DIGITS
    return digits if low <= len(digits) <= high and not digits.startswith("0") else None


def is_international(text: str) -> bool:
    """Whether a phone number begins with + or 00, in brackets or not, so that a country code follows."""
    return text.lstrip(" (\t").startswith(("+", "00"))


def meta_name(text: str) -> str | None:
    """Letters and digits of a name in lower case, any alphabet: no punctuation, no blanks."""
    return _letters(text) or None


def google_name(text: str) -> str | None:
    """A name in lower case with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split()) or None


def city(text: str) -> str | None:
    """Letters and digits of a city in lower case, any alphabet: no punctuation, no blanks."""
    return _letters(text) or None


def state(text: str) -> str | None:
    """Two letters, lower case."""
    found = text.strip().lower()
    return found if re.fullmatch(r"[a-z]{2}", found) else None


def country(text: str) -> str | None:
    """Two letters (ISO 3166), in lower case as Meta hashes them; Google requires capitals."""
    return state(text)


def zip_code(text: str) -> str | None:
    """A postal code in capitals with single blanks, as Google accepts it unhashed."""
    found = " ".join(text.upper().split())
    return found if ZIP.fullmatch(found) else None


def meta_zip(normal: str, of_country: str | None) -> str:
    """Meta's form of a code from `zip_code`: lower case, without blanks and dashes, five digits in the US."""
    plain = re.sub(r"[ -]", "", normal).lower()
    return plain[:5] if of_country == "us" else plain


def gender(text: str) -> str | None:
    """m or f."""
    return GENDERS.get(text.strip().lower())


def birthday(text: str, today: date) -> date | None:
    """A day of birth, YYYY-MM-DD or YYYYMMDD, before today and not more than 120 years ago."""
    found = text.strip()
    if not re.fullmatch(r"\d{4}(-?)\d{2}\1\d{2}", found, re.ASCII):
        return None
    try:
        born = date.fromisoformat(found)
    except ValueError:
        return None
    return born if born < today and today.year - born.year <= OLDEST else None


def age(born: date, today: date) -> int:
    """Age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def madid(text: str) -> str | None:
    """A device's advertising id, lower case, hyphens kept."""
    found = text.strip().lower()
    return found if MADID.fullmatch(found) and found != NO_DEVICE else None


def _letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFC", text).lower() if letter.isalnum() or _mark(letter))


def _mark(letter: str) -> bool:
    """Whether a character belongs to the letter before it, as vowels do in some scripts."""
    return unicodedata.category(letter).startswith("M")
