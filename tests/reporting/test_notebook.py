"""Notebooks are executed as Jupyter does, one after another in one process, with the same result each time."""

from functools import partial
from pathlib import Path

import nbformat
import pytest

from clv.errors import InputError
from clv.processes import side_by_side
from clv.reporting.kit.notebook import INJECTED, execute
from tests.bad_inputs.test_damaged import require_line

KERNEL = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells, the first of which holds the parameters."""
    made = [nbformat.v4.new_code_cell(source, id=f"{path.stem}-{i:02d}") for i, source in enumerate(cells)]
    made[0].metadata = {"tags": ["parameters"]}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=KERNEL), path)
    return path


def outputs(notebook: nbformat.NotebookNode) -> list[list[nbformat.NotebookNode]]:
    return [cell.outputs for cell in notebook.cells]


def test_cells_have_the_outputs_that_they_have_in_jupyter(folder: Path) -> None:
    path = write(
        folder / "a.ipynb",
        "n = 1",
        "from IPython.display import HTML, display\nimport sys\nprint('one')\nprint('two')\nn",
        "display(HTML('<b>first</b>'))\nprint('then')\nprint('to the log', file=sys.stderr)\nHTML('<b>last</b>')",
        "n;",
        "%precision 2\nn / 3",
    )
    found = execute(path, {"n": 2, "unknown": 3})
    assert [output.output_type for output in found.cells[2].outputs] == ["stream", "execute_result"]
    _, injected, values, shown, silent, magic = outputs(found)
    assert injected == []
    assert "n = 2" in found.cells[1].source
    assert found.cells[1].metadata == {"tags": [INJECTED]}
    assert values[0].text == "one\ntwo\n"
    assert values[1].data == {"text/plain": "2"}
    assert [output.output_type for output in shown] == ["display_data", "stream", "execute_result"]
    assert [shown[i].data for i in (0, 2)] == [{"text/html": "<b>first</b>"}, {"text/html": "<b>last</b>"}]
    assert silent == []
    assert magic[-1].data == {"text/plain": "0.67"}
    assert [cell.execution_count for cell in found.cells] == [1, 2, 3, 4, 5, 6]
    assert execute(path, {"n": 2}) == found


def test_a_figure_of_pyplot_is_shown(folder: Path) -> None:
    """In processes of their own, as in the stage: matplotlib checks only once where it runs."""
    path = write(folder / "a.ipynb", "n = 1", "from matplotlib import pyplot\npyplot.plot([1, 2])\nNone")
    for notebook in side_by_side([partial(execute, path, {})] * 2, 2):
        assert [set(output.data) for output in outputs(notebook)[1]] == [{"image/png", "text/plain"}]


def test_a_notebook_knows_nothing_of_the_one_before(folder: Path) -> None:
    execute(write(folder / "a.ipynb", "n = 1", "left = 5"), {})
    with pytest.raises(NameError, match="left") as error:
        execute(write(folder / "b.ipynb", "n = 1", "left"), {})
    assert error.value.__notes__ == [f"in {folder / 'b.ipynb'}"]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("from clv.errors import InputError\nraise InputError('x is damaged; make it anew')", "x is damaged; make it"),
        ("open('none.csv')", r"none\.csv: No such file or directory; check the path"),
    ],
)
def test_what_a_user_can_mend_is_one_line_that_names_the_notebook(folder: Path, cell: str, line: str) -> None:
    with pytest.raises(InputError) as error:
        execute(write(folder / "a.ipynb", "n = 1", cell, "open('not reached', 'w')"), {})
    require_line(str(error.value), rf"{line}.* \(in .*a\.ipynb\)$")
    assert not Path("not reached").exists()
