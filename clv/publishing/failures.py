"""Errors of S3, in one line with the remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from clv.errors import InputError

GIVEN = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the keys in .dvc/config.local or the AWS profile"
NO_KEYS = f"no credentials were found; set {GIVEN}"
CLOCK = "the clock of this machine is more than 15 minutes off; set it (timedatectl set-ntp true)"
SILENT = (
    "does not answer; check the network, that the server runs, and AWS_ENDPOINT_URL_S3 or endpointurl of the DVC remote"
)
NO_S3 = "does not answer as S3 does; check AWS_ENDPOINT_URL_S3 or endpointurl of the DVC remote"
REGION = "the bucket is in another region; set AWS_DEFAULT_REGION, or dvc remote modify --local storage region REGION"
NO_BUCKET = "there is no such bucket; create it, or name another in params.yaml (publish.url) and .dvc/config"
FORBIDDEN = "this key lacks the permission; ask the owner to let it list, read and write there"
OLD = "the session token is invalid or has expired; log in again"

CODES = {
    "InvalidAccessKeyId": f"the access key is not known there; check {GIVEN}",
    "SignatureDoesNotMatch": f"the secret key is not that of the access key; check {GIVEN}",
    "AccessDenied": FORBIDDEN,
    "AllAccessDisabled": FORBIDDEN,
    "ExpiredToken": OLD,
    "InvalidToken": OLD,
    "RequestTimeTooSkewed": CLOCK,
    "NoSuchBucket": NO_BUCKET,
    "PermanentRedirect": REGION,
    "AuthorizationHeaderMalformed": REGION,
    "IllegalLocationConstraintException": REGION,
}


@contextmanager
def explained(address: str, endpoint: str) -> Iterator[None]:
    """Turn any error of S3, or of the connection to it, about an address into an `InputError`."""
    try:
        yield
    except ClientError as error:
        code, said = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        if not code or code.isdigit():  # S3 gives a code in words
            why = f"{endpoint} {NO_S3}"
        else:
            why = CODES.get(code, f"the server reports {code}, {said}; ask its operator")
    except NoCredentialsError:
        why = NO_KEYS
    except PartialCredentialsError as error:
        why = f"{_line(error)}; set it"
    except ProfileNotFound as error:
        why = f"{_line(error)}; check AWS_PROFILE, or profile of the DVC remote"
    except SSLError as error:
        why = f"{endpoint} has no certificate that is trusted here ({_line(error)}); set AWS_CA_BUNDLE"
    except (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError):
        why = f"{endpoint} {SILENT}"
    except HTTPClientError as error:  # such as a broken connection
        why = f"the connection to {endpoint} was lost ({_line(error)}); run it again"
    except ResponseParserError:
        why = f"{endpoint} {NO_S3}"
    except (BotoCoreError, ValueError) as error:  # botocore raises ValueError for an invalid endpoint
        why = f"{_line(error)}; check AWS_ENDPOINT_URL_S3 and the settings of the DVC remote"
    else:
        return
    raise InputError(f"{address} cannot be used: {why}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
