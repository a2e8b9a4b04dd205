"""Take the picture of the page Summary that README.md shows, after `make repro`: `python -m manual.screenshot`.

It needs Chromium. Fonts and pixels differ between machines, so no test compares it.
"""

from manual.parts import ROOT
from tests.browser import browser, opened

PAGE, PICTURE = ROOT / "reports" / "00_summary.html", ROOT / "docs" / "summary.png"
SIZE = {"width": 1000, "height": 620}

if __name__ == "__main__":
    with browser() as started, opened(started, PAGE, viewport=SIZE) as page:
        page.screenshot(path=PICTURE)
    print(f"screenshot: {PICTURE.relative_to(ROOT)}")
