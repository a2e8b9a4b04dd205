"""What code makes of README.md and docs/, a module for each page (`python -m manual.NAME`), and the site's hooks."""
