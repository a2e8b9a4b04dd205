"""The parts of README.md and docs/ that code writes, a module per page (`python -m manual.NAME`); the site's hooks."""
