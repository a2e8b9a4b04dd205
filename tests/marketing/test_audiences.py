"""Customer lists: what platforms are given, in which form, and about which customers."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv.data.schema import names
from clv.errors import InputError
from clv.formulas import counted
from clv.marketing.audiences import normal
from clv.marketing.audiences.audience import NAMES, Audience, files, make_audiences
from clv.marketing.audiences.contacts import CONTACTS
from clv.marketing.audiences.figures import summary
from clv.marketing.audiences.hashing import keyed, sha256
from clv.marketing.audiences.people import Place, normalise
from clv.marketing.audiences.platforms import filled
from clv.marketing.audiences.store import read_contacts
from clv.marketing.consent import consent_of
from clv.marketing.folder import write_folder
from clv.marketing.tiers import GROWTH, HIGH, LOW, TIERS
from tests.conftest import ROOT

TODAY = date(2025, 12, 31)
GERMANY = Place("DE", "49")
META_HEADER = "email,email,email,phone,phone,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,age,uid,value"
GOOGLE_HEADER = "Email,Phone,First Name,Last Name,Country,Zip"
ADA = {
    "customer_id": "c1",
    "email": " Test@Example.com ; Ada.Love+shop@GoogleMail.com",
    "phone": "0151 2345-6789",
    "first_name": " Ada-María ",
    "last_name": "O'Neil von  Ölm",
    "zip": "94103-1234",
    "city": "San Francisco",
    "state": "CA",
    "country": "us",
    "date_of_birth": "1990-12-31",
    "gender": "Female",
    "madid": "AECE52E7-03EE-455A-B3C4-E57283966239",
}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def contact_file(folder: Path, *rows: dict[str, str]) -> str:
    path = folder / "contacts.csv"
    pd.DataFrame(list(rows)).to_csv(path, index=False)
    return str(path)


def shop(n: int = 4, **columns: object) -> pd.DataFrame:
    values = pd.DataFrame({"customer_id": [f"c{i}" for i in range(n)], "predicted_clv": 10.0 * np.arange(n)})
    return values.assign(tier=[TIERS[i % 3] for i in range(n)], **columns)


def audiences_of(
    path: str, values: pd.DataFrame, key: str = "k", place: Place = GERMANY
) -> tuple[dict[str, Audience], dict[str, int]]:
    people, wrong = normalise(read_contacts(path, ignore_id_case=False), place, TODAY)
    return make_audiences(values, people, np.ones(len(values), dtype=bool), key, TODAY), wrong


def test_published_hashes() -> None:
    assert sha256("test@example.com") == "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
    fox = "The quick brown fox jumps over the lazy dog"
    assert keyed(fox, "key") == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"


def test_a_row_for_meta_is_the_hashes_of_its_normal_forms(tmp_path: Path) -> None:
    found, wrong = audiences_of(contact_file(tmp_path, ADA), shop(), place=Place("US", "1"))
    row = found["list-b"].meta
    assert ",".join(row.columns) == META_HEADER
    assert row.iloc[0].to_list() == [
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        sha("ada.love+shop@googlemail.com"),
        "",
        sha("115123456789"),
        "",
        "",
        "aece52e7-03ee-455a-b3c4-e57283966239",
        sha("adamaría"),
        sha("oneilvonölm"),
        sha("94103"),
        sha("sanfrancisco"),
        sha("ca"),
        sha("us"),
        sha("19901231"),
        sha("1990"),
        sha("f"),
        sha("35"),
        keyed("c1", "k"),
        "10.00",
    ]
    assert wrong == {}


def test_rows_for_google_are_the_hashes_of_its_normal_forms(tmp_path: Path) -> None:
    found, _ = audiences_of(contact_file(tmp_path, ADA | {"phone": "+49 (0)151 2345-6789"}), shop())
    rows = found["list-b"].google
    assert ",".join(rows.columns) == GOOGLE_HEADER
    name = [sha("ada-maría"), sha("o'neil von ölm"), "US", "94103-1234"]
    assert rows.to_numpy().tolist() == [
        [sha("test@example.com"), sha("+4915123456789"), *name],
        [sha("adalove@googlemail.com"), "", *name],
    ]
    assert found["list-b"].google_customers == 1


@pytest.mark.parametrize(
    ("text", "code", "normal_form"),
    [
        ("0151 23456789", "49", "4915123456789"),
        ("151 23456789", "49", "4915123456789"),
        ("4915123456789", "49", "4915123456789"),
        ("+49 151/2345-6789", "49", "4915123456789"),
        ("0049.151.23456789", "43", "4915123456789"),
        ("(0049) 171 1234567", "49", "491711234567"),
        ("(+49) 171 1234567", "43", "491711234567"),
        ("+49 (0) 171 1234567", "49", "491711234567"),
        ("+49 ( 0 )171 1234567", None, "491711234567"),
        ("(0)171 1234567", "49", "491711234567"),
        ("(0171) 1234567", "49", "491711234567"),
        ("+49 (0) 151 23456789", "49", "4915123456789"),
        ("(650) 555-1212", "1", "16505551212"),
        ("1-650-555-1212", "1", "16505551212"),
        ("06 1234 5678", "39", "390612345678"),
        ("0151 23456789", None, None),
        ("+0151 23456789", "49", None),
        ("12", "49", None),
        ("0151 2345 6789 ext. 3", "49", None),
        ("1" * 16, "49", None),
        ("4.9E+12", "49", None),
        ("=1+1", "49", None),
    ],
)
def test_phones_get_a_country_code(text: str, code: str | None, normal_form: str | None) -> None:
    assert normal.phone(text, code) == normal_form


def test_emails_are_lower_case_and_whole() -> None:
    assert normal.email(" Ada@Büro.DE ") == "ada@büro.de"
    for wrong in ("ada", "a@b", "a@@b.de", "a b@c.de", "a@b..de", "@b.de", "a@b.d", ".a@b.de", "=cmd@x;y", "a@-b.de"):
        assert normal.email(wrong) is None, wrong
    assert normal.google_email("a.b+c@gmail.com") == "ab@gmail.com"
    assert normal.google_email("a.b+c@mail.com") == "a.b+c@mail.com", "dots and suffixes are Google's own"


@given(st.text(max_size=40))
def test_normal_forms_are_stable_and_safe(text: str) -> None:
    """A normal form stays as it is, and no value that goes out in clear can begin a formula."""
    for how in (normal.email, normal.meta_name, normal.google_name, normal.city, normal.state, normal.zip_code):
        form = how(text)
        assert form is None or how(form) == form
    for form in (normal.zip_code(text), normal.country(text), normal.madid(text)):
        assert form is None or form[0].isalnum()


def test_birthdays_and_ages() -> None:
    assert normal.birthday("1990-02-29", TODAY) is None
    assert normal.birthday("2026-01-01", TODAY) is None
    assert normal.birthday("31.12.1990", TODAY) is None
    assert normal.birthday("19900228", TODAY) == date(1990, 2, 28)
    assert [normal.age(date(1990, m, d), TODAY) for m, d in ((12, 31), (1, 1))] == [35, 35]
    assert normal.age(date(1990, 12, 31), date(2025, 12, 30)) == 34


def test_what_cannot_be_read_is_blank_and_counted(tmp_path: Path) -> None:
    bad = {
        "customer_id": "c1",
        "email": "nobody;a@b.de",
        "phone": "x",
        "zip": "=HYPERLINK(1)",
        "state": "Bavaria",
        "country": "Germany",
        "date_of_birth": "1.2.90",
        "gender": "?",
        "madid": "0",
    }
    abroad = {"customer_id": "c2", "phone": "0151 23456789", "country": "AT", "email": ";".join("wxyz") + "@b.de"}
    many = {"customer_id": "c0", "email": "a@b.de;b@b.de;c@b.de;d@b.de;A@b.de"}
    found, wrong = audiences_of(contact_file(tmp_path, bad, abroad, many), shop())
    assert wrong == {
        "country: not two letters": 1,
        "date_of_birth: not YYYY-MM-DD": 1,
        "email: more than 3": 1,
        "email: not an address": 4,
        "gender: neither m nor f": 1,
        "madid: not an advertising id": 1,
        "phone: no calling code, and in another country": 1,
        "phone: not a number": 1,
        "state: not two letters": 1,
        "zip: not a postal code": 1,
    }
    row = found["list-b"].meta.iloc[0]
    assert [place for place, value in enumerate(row) if value] == [0, 17, 18]
    assert filled(found["list-a"].meta)["email"] == 1
    assert len(found["list-a"].google) == 3


def test_several_rows_of_a_customer_are_one_contact(tmp_path: Path) -> None:
    path = contact_file(
        tmp_path,
        {"customer_id": "c1", "email": "a@b.de", "city": "", "consent": "yes"},
        {"customer_id": "c1", "email": "A@b.de;c@b.de", "city": "Ulm", "consent": "yes"},
        {"customer_id": "c2", "email": "d@b.de", "city": "Ulm", "consent": "yes"},
        {"customer_id": "c2", "email": "e@b.de", "city": "Ulm", "consent": "no"},
        {"customer_id": "c3", "email": "f@b.de", "city": "Ulm", "consent": ""},
    )
    people = read_contacts(path, ignore_id_case=False)
    assert people is not None
    assert people["consent"].to_list() == [True, False, False], "one refusal is enough"
    normalised, _ = normalise(people, GERMANY, TODAY)
    assert normalised["email"].to_list() == [["a@b.de", "c@b.de"], ["d@b.de", "e@b.de"], ["f@b.de"]]
    assert normalised["city"].to_list() == ["ulm"] * 3
    assert normalised["country"].to_list() == ["de"] * 3


@pytest.mark.parametrize(("ignore", "ids"), [(True, ["ab", "c"]), (False, ["AB", "C", "aB"])])
def test_ids_of_contacts_are_written_as_in_the_clean_tables(ignore: bool, ids: list[str], tmp_path: Path) -> None:
    rows = [{"customer_id": of, "email": f"{n}@b.de", "consent": "yes"} for n, of in enumerate((" AB ", "aB", "C"))]
    people = read_contacts(contact_file(tmp_path, *rows), ignore_id_case=ignore)
    assert people is not None
    assert people["customer_id"].to_list() == ids
    assert sum(len(found) for found in people["email"]) == 3


def test_a_foreign_number_with_brackets_needs_no_code_of_ours(tmp_path: Path) -> None:
    row = {"customer_id": "c1", "phone": "(0049) 171 1234567", "country": "AT"}
    found, wrong = audiences_of(contact_file(tmp_path, row), shop())
    assert wrong == {}
    assert sha("491711234567") in found["list-b"].meta.iloc[0].to_list()


def test_an_answer_that_is_none_is_no_consent_and_no_silence(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("customer_id,email,consent\nc1,a@b.de,granted\nc2,c@b.de,yes\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"yes or no, true or false, 1 or 0, got something else in 1 rows") as caught:
        read_contacts(str(path), ignore_id_case=False)
    assert "b.de" not in str(caught.value)


def test_consent_comes_from_contacts_or_customers_or_is_not_given() -> None:
    ids = pd.Series(["a", "b", "c", "d"])
    told = pd.DataFrame({"customer_id": ["a", "b", "c"], "consent": pd.array([True, False, None], dtype="boolean")})
    agreed, source = consent_of(ids, told, "consent", "contacts")
    assert (agreed.tolist(), source) == ([True, False, False, False], "contacts")
    assert consent_of(ids, told[["customer_id"]], "consent", "contacts")[1] == "nobody"
    agreed, source = consent_of(ids, told[:0], "consent", "contacts")
    assert (agreed.any(), source) == (False, "nobody")


def test_lists_are_by_tier_and_those_left_out_are_counted() -> None:
    values = shop(6, elite=[True, False, False, False, False, False])
    values.loc[3, "predicted_clv"] = np.nan
    agreed = np.array([True, True, False, True, True, True])
    people, _ = normalise(None, GERMANY, TODAY)
    found = make_audiences(values, people, agreed, "k", TODAY)
    assert {name: audience.tier for name, audience in found.items()} == NAMES
    assert {a.tier: (a.customers, len(a.meta), a.left_out) for a in found.values()} == {
        HIGH: (2, 1, {"no forecast": 1}),
        GROWTH: (2, 2, {}),
        LOW: (2, 1, {"no consent": 1}),
        "Elite": (1, 1, {}),
    }
    assert filled(found["list-b"].meta) == dict.fromkeys(META_HEADER.split(","), 0) | {"uid": 2, "value": 2}
    assert all(audience.google.empty for audience in found.values()), "Google has no uid to match by"
    assert "list-d" not in make_audiences(values.drop(columns="elite"), people, agreed, "k", TODAY)


def test_nothing_is_said_of_a_few() -> None:
    values = shop(300, elite=[i < 15 for i in range(300)]).assign(predicted_clv=1.0)
    agreed = np.array([i % 3 > 0 or i >= 15 for i in range(300)])  # five of High-CLV did not agree
    agreed[[i for i in range(300) if i % 3 == 1 and i < 90]] = False
    agreed[[i for i in range(300) if i % 3 == 2 and i < 150]] = False
    found = make_audiences(values, normalise(None, GERMANY, TODAY)[0], agreed, "k", TODAY)
    everything = summary(found, 1)
    assert everything["list-a"]["left_out"] == {"no consent": 5}
    assert everything["list-a"]["meta"]["rows"] == 95
    assert everything["list-a"]["meta"]["filled"]["uid"] == 95
    said = summary(found, 20)
    assert said["list-a"]["customers"] == 100
    assert said["list-a"]["left_out"] == {"no consent": None}
    assert said["list-a"]["meta"]["rows"] is None, "of 100 they would reveal 5"
    assert set(said["list-a"]["meta"]["filled"].values()) == {None}
    assert said["list-c"]["left_out"] == {"no consent": None}, "of all without consent 30 and 50 would reveal 5"
    assert said["list-b"]["left_out"] == {"no consent": 30}
    assert said["list-b"]["meta"]["value"] == 70.0
    assert said["list-d"]["customers"] is None
    assert said["list-d"]["left_out"] == {"no consent": None}
    tiny = values.assign(tier=[HIGH] * 5 + [GROWTH] * 45 + [LOW] * 250)
    few = summary(make_audiences(tiny, normalise(None, GERMANY, TODAY)[0], agreed, "k", TODAY), 20)
    assert [few[name]["customers"] for name in ("list-a", "list-b", "list-c")] == [None, None, 250]


def test_fields_that_all_but_a_few_have_are_not_counted(tmp_path: Path) -> None:
    rows = [{"customer_id": f"c{i}", "email": f"{i}@b.de", "city": "Ulm" if i < 110 else ""} for i in range(0, 120, 3)]
    found, _ = audiences_of(contact_file(tmp_path, *rows), shop(120))
    said = summary(found, 20)["list-a"]
    assert (said["meta"]["rows"], said["meta"]["filled"]["email"], said["meta"]["filled"]["fn"]) == (40, 40, 0)
    assert said["meta"]["filled"]["ct"] is None, "37 of 40 reveal the 3 without a city"
    assert (said["google"]["rows"], said["google"]["filled"]["Email"]) == (40, 40)
    assert summary(found, 3)["list-a"]["meta"]["filled"]["ct"] == 37


def test_without_a_key_nobody_is_on_a_list(tmp_path: Path) -> None:
    found, _ = audiences_of(contact_file(tmp_path, ADA), shop(), key="")
    assert sum(len(audience.meta) + len(audience.google) for audience in found.values()) == 0
    assert {reason for audience in found.values() for reason in audience.left_out} == {"no key for the uids"}
    write_folder(files(found), tmp_path / "lists")
    assert (tmp_path / "lists" / "meta-list-a.csv").read_text() == META_HEADER + "\n"
    assert (tmp_path / "lists" / "google-list-c.csv").read_text() == GOOGLE_HEADER + "\n"
    assert len(list((tmp_path / "lists").iterdir())) == 6


def test_another_key_gives_other_uids_in_another_order() -> None:
    people, _ = normalise(None, GERMANY, TODAY)
    values = shop(60)
    one, two = (make_audiences(values, people, np.full(60, True), key, TODAY)["list-a"].meta for key in ("a", "b"))
    assert not set(one["uid"]) & set(two["uid"])
    assert one["uid"].is_monotonic_increasing
    assert one["value"].to_list() != sorted(one["value"], key=float), "nor does the order reveal the value"
    shuffled = make_audiences(values.sample(frac=1, random_state=1), people, np.full(60, True), "a", TODAY)
    assert shuffled["list-a"].meta.equals(one)


def test_the_template_lists_every_column_and_means_none() -> None:
    template = ROOT / "data" / "templates" / "contacts.csv"
    assert template.read_text() == ",".join(names(CONTACTS)) + "\n"
    assert read_contacts(str(template), ignore_id_case=False) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "email,phone\na@b.de,1\n",
            "no column 'customer_id', which shows whose contact it is; of 2 columns it has email, phone; name",
        ),
        ("customer_id,mail\nc1,a@b.de\n", "unknown column 'mail'; columns of contacts are customer_id, email, phone,"),
        ("customer_id,email,email\nc1,a@b.de,b@b.de\n", "column 'email' appears twice; keep only one"),
        ("customer_id,email\nc1,a@b.de,x\n", "cannot be read: row 2 has 3 fields, but the header has 2"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_file_of_contacts_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_contacts(str(path), ignore_id_case=False)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"audience\.contacts: .* does not exist; set it to your file"):
        read_contacts(str(tmp_path / "other.csv"), ignore_id_case=False)


SECRETS = ("secret@x.de", "Lovelace", "0171")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer_id,email\n1,a@b.de\n\n7,Lovelace,0171 1,secret@x.de\n", "row 4 has 4 fields, but the header has 2"),
        ("customer_id,email\n" + "1,a@b.de\n" * 30_000 + "7,secret@x.de,0171\n", "row 30002 has 3 fields"),
        ('customer_id,email\n7,"secret@x.de,0171' + "\nLovelace" * 1_000_000, "a quote is never closed"),
        ("Lovelace,secret@x.de,0171 1\nx,y,z\n", "of 3 columns it has none that is known"),
        ("email,Lovelace,secret@x.de\nx,y,z\n", "of 3 columns it has email;"),
        ("customer_id,email,secret@x.de\nx,y,z\n", "unknown column number 3; columns of contacts are"),
        ("customer_id,secret@x.de,secret@x.de\nx,y,z\n", "column number 2 appears twice"),
        ('"Lovelace,secret@x.de,0171"\n"x,y,z"\n', "its first line is a single column"),
    ],
    ids=range(8),
)
def test_no_contact_is_quoted_in_an_error(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_contacts(str(path), ignore_id_case=False)
    assert message in str(caught.value)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]
    assert caught.value.__suppress_context__ or caught.value.__context__ is None, (
        "nor may a traceback show the first error"
    )


@pytest.mark.parametrize("kind", ["utf-8", "cp1252", "parquet"])
def test_contacts_as_spreadsheets_save_them(kind: str, tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": [7.0, None], "last_name": ["Müller", "x"], "email": ["a@b.de;c@d.de", None]})
    path = tmp_path / ("c.parquet" if kind == "parquet" else "c.csv")
    if kind == "parquet":
        rows.to_parquet(path)
    else:
        path.write_bytes('customer_id;last_name;email\n7;Müller;"a@b.de;c@d.de"\n;x;\n'.encode(kind))
    people = read_contacts(str(path), ignore_id_case=False)
    assert people is not None
    assert people[["customer_id", "last_name"]].to_numpy().tolist() == [["7", "Müller"]]
    assert people["email"].to_list() == [["a@b.de", "c@d.de"]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_nothing_on_a_list_is_taken_for_a_formula(start: str, tmp_path: Path) -> None:
    """Whatever a customer wrote: values in clear have a normal form, and the rest is hashed."""
    hostile = {name: f"{start}HYPERLINK({value})" for name, value in ADA.items()}
    near = {"customer_id": "c1", "email": f"{start}a@b.de", "zip": f"{start}10115", "phone": f"{start}49 171 1234567"}
    path = contact_file(tmp_path, ADA | near, hostile, {"customer_id": "c2", "zip": f"{start}1", "madid": f"{start}1"})
    values = shop().assign(customer_id=["c1", hostile["customer_id"].strip(), "c2", "c3"])
    made, _ = audiences_of(path, values)
    assert sum(len(audience.meta) for audience in made.values()) == 4
    assert {name: counted(table) for name, table in files(made).items() if counted(table)} == {}
