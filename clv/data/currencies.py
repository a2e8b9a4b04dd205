"""The currencies that a sign or a code beside an amount may stand for."""

import re

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
    "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD "
    "XOF XPF YER ZAR ZMW ZWL"
)
_DOLLARS = "USD CAD AUD NZD SGD HKD MXN TWD ARS CLP COP"
_SIGNS = {
    "$": _DOLLARS,
    "US$": "USD",
    "U$S": "USD",
    "US $": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "S$": "SGD",
    "HK$": "HKD",
    "MX$": "MXN",
    "NT$": "TWD",
    "R$": "BRL",
    "€": "EUR",
    "Euro": "EUR",
    "euro": "EUR",
    "£": "GBP",
    "¥": "JPY CNY",
    "\uffe5": "JPY CNY",  # the wide form of a Japanese keyboard
    "元": "CNY",
    "円": "JPY",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "kr": "SEK NOK DKK ISK",
    "kr.": "SEK NOK DKK ISK",
    "Kr": "SEK NOK DKK ISK",
    "Kr.": "SEK NOK DKK ISK",
    "zł": "PLN",
    "zl": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON MDL",
    "лв": "BGN",
    "лв.": "BGN",
    "₹": "INR",
    "Rs": "INR PKR LKR NPR MUR",
    "Rs.": "INR PKR LKR NPR MUR",
    "₺": "TRY",
    "TL": "TRY",
    "₪": "ILS",
    "₩": "KRW",
    "₽": "RUB",
    "руб.": "RUB",
    "₴": "UAH",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₦": "NGN",
    "Rp": "IDR",
    "RM": "MYR",
    "S/": "PEN",
}
_MEANINGS = {code: frozenset({code}) for code in _CODES.split()} | {
    sign: frozenset(codes.split()) for sign, codes in _SIGNS.items()
}
PATTERN = "(?:" + "|".join(re.escape(name) for name in sorted(_MEANINGS, key=lambda name: (-len(name), name))) + ")"


def meanings(sign: str) -> frozenset[str]:
    """The currency codes that a sign or code matched by `PATTERN` may stand for."""
    return _MEANINGS[sign]
