"""The key of the uids: a key that could be guessed is refused, and so is a variable meant for something else."""

import hashlib

import pytest

from clv.errors import InputError
from clv.marketing.audiences.params import AudienceParams
from clv.marketing.audiences.secret_key import guessable, read_key
from clv.strict import build

GIVEN = {"contacts": "contacts.csv", "key_variable": "CLV_AUDIENCE_KEY", "country": "DE", "calling_code": "49"}
GUESSED = {
    "sesame": "has 6",
    "aaaaaaaaaaaaaaaa": "has 1 different ones",
    "abababababababab" * 4: "has 2 different ones",
    "abcdefgXabcdefgX": "repeats a shorter text",
    "changemechangeme-changemechangeme": "beside common words",
    "abcdefghijklmnop": "runs along",
    "12345678901234567890": "repeats a shorter text",
    "qwertyuiopasdfghjkl": "runs along",
    "mysecretpassword": "has 2 beside common words",
    "your-secret-key-here": "has 10 beside common words",
    "aaaaaaaaaaaaabcdefgh": "is nearly always the same character",
}


@pytest.mark.parametrize("key", GUESSED)
def test_a_key_that_can_be_guessed_is_refused_in_one_line_with_the_remedy(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", f"  {key} ")
    with pytest.raises(InputError) as caught:
        read_key("A_KEY")
    said = str(caught.value)
    assert said.startswith("A_KEY must hold at least 16 characters, which nobody can guess, and ")
    assert GUESSED[key] in said
    assert said.endswith("set it to what python -c 'import secrets; print(secrets.token_hex(32))' prints, or unset it")
    assert key not in said
    assert "\n" not in said


def test_drawn_keys_are_taken() -> None:
    drawn = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(2000)]
    assert {guessable(key[:n]) for key in drawn for n in (32, 64)} == {""}
    assert guessable("K5oUAZ9XGJcJYabq") == ""
    assert guessable("a long text that nobody guesses") == ""


def test_a_key_is_read_without_blanks_around_it_and_may_be_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", " a long text that nobody guesses ")
    assert read_key("A_KEY") == "a long text that nobody guesses"
    monkeypatch.setenv("A_KEY", "  ")
    assert read_key("A_KEY") == ""
    monkeypatch.delenv("A_KEY")
    assert read_key("A_KEY") == ""


def test_what_another_variable_holds_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/opt/tools/bin:/usr/local/bin:/usr/bin"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("A_KEY", path)
    with pytest.raises(InputError, match="is the value of PATH"):
        read_key("A_KEY")


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "USER", "PWD", "HOSTNAME", "LANG", "VIRTUAL_ENV", "CLV_DATABASE_URI", "_", "A KEY"),
        *("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AZURE_STORAGE_KEY", "GITHUB_TOKEN", "aws_secret_access_key"),
    ],
)
def test_a_variable_of_something_else_holds_no_key(name: str) -> None:
    with pytest.raises(InputError, match=r"'audience\.key_variable' must be the name of .* such as CLV_AUDIENCE_KEY"):
        build(AudienceParams, GIVEN | {"key_variable": name}, "audience")


@pytest.mark.parametrize(
    "name", ["CLV_AUDIENCE_KEY", "UID_SALT", "my_key", "SECRET", "KEY2", "HASH_KEY_2026", "UIDKEY"]
)
def test_a_variable_of_one_s_own_holds_it(name: str) -> None:
    assert build(AudienceParams, GIVEN | {"key_variable": name}, "audience").key_variable == name
