"""Prints what the tests of images measured, as sizes and times are what one wants to know of them."""

import pytest

from tests.deploy.images import FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("images")
        for line in FIGURES:
            terminalreporter.write_line(line)
