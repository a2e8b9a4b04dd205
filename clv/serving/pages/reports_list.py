"""The page that lists the reports of a release, one per line."""

from fastapi.responses import Response

from clv.reporting.kit.page import LINKS
from clv.serving.pages.look import PageFrame, show
from clv.serving.pages.published_reports import published
from clv.serving.release import Release

REPORTS_PAGE = "/reports"


def reports_list(release: Release, setting: PageFrame) -> Response:
    """The published pages of the release, out of those in the navigation of the reports."""
    there = published(release.folder)
    links = [link for link in LINKS if link.href in there]
    return show("reports_list.html.j2", setting, "Reports", REPORTS_PAGE, reports=links)
