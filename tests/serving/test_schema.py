"""The API against its own schema: no request, whether the schema allows it or not, ends in an error of the server."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from clv.serving.app import make_app
from clv.serving.serve import listening
from clv.serving.state import State
from tests.serving.running import Client

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 20  # for each operation, of each kind


@pytest.fixture(scope="module")
def address(running_service: tuple[Client, State]) -> Iterator[str]:
    """The address of a server over sockets, with the state of the running service."""
    state = running_service[1]
    with listening(replace(state.params, port=0)) as taken:
        host, port = taken.getsockname()
        server = uvicorn.Server(uvicorn.Config(make_app(state), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_answer_is_an_error_of_ours(service: Client, address: str, mode: GenerationMode) -> None:
    """For every operation, with requests that the schema allows, and with requests that it does not."""
    asked: set[str] = set()
    for found in schemathesis.openapi.from_dict(service.app.openapi()).get_all_operations():
        operation = found.ok()
        can_be_wrong = bool(operation.body or operation.query)  # an id in the path may be any text
        if not can_be_wrong and mode is GenerationMode.NEGATIVE:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES if can_be_wrong or operation.path_parameters else 1,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        def ask(case: schemathesis.Case) -> None:
            asked.add(case.operation.label)
            case.call_and_validate(base_url=address, checks=CHECKS)

        ask()
    assert len(asked) == {GenerationMode.POSITIVE: 17, GenerationMode.NEGATIVE: 5}[mode]
