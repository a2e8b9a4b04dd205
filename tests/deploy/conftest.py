"""Print the sizes and times that the tests of images measured."""

import pytest

from tests.deploy.images import FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("images")
        for line in FIGURES:
            terminalreporter.write_line(line)
