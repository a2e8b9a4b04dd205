"""The documentation of the API as a page: the service's own OpenAPI description, with an example of each call."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response

from clv.serving.pages.api_examples import Asker, curl
from clv.serving.pages.api_schema import Named, Schema, content, keys, parameter
from clv.serving.pages.look import PageFrame, show

DOCS = "/docs"
VERBS = ("get", "post", "put", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation: an address and a verb."""

    anchor: str
    verb: str
    path: str
    summary: str
    about: str
    parameters: Sequence[Named]
    body: Sequence[Named]
    answers: Sequence[tuple[str, str]]
    keys: Sequence[Named]
    example: str


def api_page(setting: PageFrame, description: Schema, sample: Asker) -> Response:
    """The page of an OpenAPI description; `sample` has the values of the examples."""
    paths = description.get("paths", {})
    found = [
        _operation(description, path, verb, paths[path][verb], sample)
        for path in paths
        for verb in VERBS
        if verb in paths[path]
    ]
    return show(
        "api_page.html.j2",
        setting,
        "API",
        DOCS,
        name=description["info"]["title"],
        about=description["info"].get("description", ""),
        operations=found,
    )


def _operation(whole: Schema, path: str, verb: str, given: Schema, sample: Asker) -> Operation:
    parameters = [parameter(whole, one) for one in given.get("parameters", ())]
    schema = content(given.get("requestBody", {}))
    good: Schema = next((answer for status, answer in given["responses"].items() if status.startswith("2")), {})
    return Operation(
        anchor=f"{verb}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '') or 'home'}",
        verb=verb.upper(),
        path=path,
        summary=given.get("summary", ""),
        about=given.get("description", ""),
        parameters=parameters,
        body=keys(whole, schema),
        answers=_answers(given["responses"]),
        keys=keys(whole, content(good)),
        example=curl(whole, path, given, schema, sample),
    )


def _answers(responses: Schema) -> Sequence[tuple[str, str]]:
    """What each status means: (statuses, meaning); statuses with the same meaning are joined."""
    meant: dict[str, list[str]] = {}
    for status, answer in sorted(responses.items()):
        meant.setdefault(answer.get("description", ""), []).append(status)
    return [(", ".join(statuses), meaning) for meaning, statuses in meant.items()]
