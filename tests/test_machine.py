"""The settings of the machine that the environment may give."""

import pytest

from clv.errors import InputError
from clv.machine import Machine


def test_by_default_all_cores_and_no_cluster() -> None:
    machine = Machine.here(environment={})
    assert machine.threads >= 1
    assert (machine.device, machine.scheduler, machine.storage) == ("cpu", None, None)


def test_the_environment_sets_threads_and_cluster() -> None:
    given = {"CLV_THREADS": " 8 ", "CLV_DASK_SCHEDULER": "tcp://10.0.0.1:8786", "CLV_DASK_STORAGE": "s3://blocks/work"}
    machine = Machine.here("cuda", given)
    assert machine == Machine(8, "cuda", "tcp://10.0.0.1:8786", "s3://blocks/work")
    assert machine.alone().threads == 1


@pytest.mark.parametrize("threads", ["0", "-1", "two", "1.5", "4097", "9" * 400])
def test_what_is_no_number_of_threads_is_refused(threads: str) -> None:
    with pytest.raises(InputError, match="CLV_THREADS must be a whole number between 1 and 4096, got"):
        Machine.here(environment={"CLV_THREADS": threads})


@pytest.mark.parametrize("address", ["http://127.0.0.1", "10.0.0.1:8786", "tcp://host"])
def test_what_is_no_scheduler_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="CLV_DASK_SCHEDULER must be the address of a Dask scheduler, such as tcp://"):
        Machine.here(environment={"CLV_DASK_SCHEDULER": address})
