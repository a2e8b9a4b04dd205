"""Read how the default remote of DVC reaches S3: from .dvc/config, .dvc/config.local and the environment."""

from dataclasses import dataclass, field
from typing import Any

from dvc.config import ConfigError
from dvc.repo import Repo
from dvc_objects.fs.errors import ConfigError as S3ConfigError

from clv.errors import InputError

KEYS = ("access_key_id", "secret_access_key", "session_token")


@dataclass(frozen=True)
class Access:
    """How to reach S3: the address of the remote, and the arguments with which DVC opens S3."""

    url: str
    arguments: dict[str, Any] = field(repr=False)  # may hold a secret


def access(repo: Repo) -> Access:
    """Access to the default remote. Raises `InputError` if there is none, or it is not on S3."""
    try:
        remote = repo.cloud.get_remote()
        if remote.fs.protocol != "s3":
            raise InputError(
                f"the DVC remote {remote.name} is not on S3, but reports are sent with its endpoint and credentials; "
                f"run `dvc remote modify {remote.name} url s3://BUCKET/dvc`"
            )
        return Access(f"s3://{remote.path}", remote.fs.fs_args)
    except (ConfigError, S3ConfigError) as error:
        why = " ".join(str(error).removeprefix("config file error: ").split()).rstrip(".")
        raise InputError(f"the DVC remote cannot be used: {why}") from None


def require_no_keys_in_git(repo: Repo) -> None:
    """Raise `InputError` if .dvc/config, which is in git, contains a secret of a remote."""
    for name, settings in repo.config.load_one("repo").get("remote", {}).items():
        for key in KEYS:
            if key in settings:
                raise InputError(
                    f".dvc/config, which is in git, holds {key} of the remote {name}; have that key replaced, and put "
                    f"the new one into .dvc/config.local: dvc remote modify --local {name} {key} VALUE"
                )
