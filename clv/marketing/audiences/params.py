"""Parameters of the lists for advertising platforms."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Like, Line

# Other variables of the environment, such as PATH, are widely known, and keys of other services must not be reused.
KEY_NAME = Like(
    "(?!(?i:AWS|AZURE|GOOGLE|GCP|GCLOUD|GITHUB|GITLAB|GIT|DVC|SSH|GPG|PG|POSTGRES|OPENAI|ANTHROPIC)_)"
    "(?=(?i:.*(KEY|SECRET|SALT|PEPPER)S?(_.*|[0-9]*)$))"
    "[A-Za-z_][A-Za-z0-9_]{0,99}",
    "the name of an environment variable that is meant for this key, with KEY, SECRET, SALT or PEPPER in it and none "
    "of another service, such as CLV_AUDIENCE_KEY",
)


@dataclass(frozen=True)
class AudienceParams:
    contacts: Line
    key_variable: Annotated[str, KEY_NAME]
    country: Annotated[str, Like("[A-Z]{2}", "two capital letters (ISO 3166), such as 'DE'")]
    calling_code: Annotated[str, Like("[1-9][0-9]{0,2}", "one to three digits, such as '49'")]
