"""The reports of a release beside the dashboard: the files that would be published, without lists of customers."""

from functools import lru_cache
from pathlib import Path

from fastapi.responses import FileResponse, Response

from clv.publishing.publication import CONTENT_TYPES, REPORTS, plan
from clv.serving.pages.look import PageFrame, show
from clv.serving.release import Release

# A report is one file with inline script and style, and its own policy permits only that script; it loads nothing.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def report(release: Release, setting: PageFrame, name: str) -> Response:
    """A published file by its path below reports/; a 404 page for anything else."""
    path = published(release.folder).get(name)
    if path is None:
        return show("published_reports.html.j2", setting, "No such report", "", 404, name=name)
    headers = {
        "Content-Security-Policy": POLICY if path.suffix == ".html" else DATA_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    return FileResponse(path, media_type=CONTENT_TYPES[path.suffix], headers=headers)


@lru_cache(2)
def published(folder: Path) -> dict[str, Path]:
    """Every file that may be read, by its path below reports/, so that no name leads elsewhere."""
    root = folder / REPORTS
    there = [path.relative_to(folder) for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    files = [path for path in there if path.suffix in CONTENT_TYPES]
    index = root / "index.html"
    allowed = plan(files, with_contacts=False) if index.is_file() else []
    return {path.relative_to(REPORTS).as_posix(): folder / path for path in allowed}
