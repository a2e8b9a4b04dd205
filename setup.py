"""Builds the package with params.yaml in it, so that what is installed has the same parameters, from one file."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

PARAMS = "params.yaml"


class BuildWithParams(build_py):
    """Copies params.yaml beside the modules; an editable installation reads the one in the root of the repo."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            copyfile(PARAMS, Path(self.build_lib) / "clv" / PARAMS)

    def get_source_files(self) -> list[str]:
        """With params.yaml, so that a source distribution has it too."""
        return [*super().get_source_files(), PARAMS]


setup(cmdclass={"build_py": BuildWithParams})
