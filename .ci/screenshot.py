"""Take the picture of the page Summary that README.md shows, after `make repro`: `python .ci/screenshot.py`.

It needs Chromium. Fonts and pixels differ between machines, so no test compares it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import browser, opened  # noqa: E402

PAGE, PICTURE = ROOT / "reports" / "00_summary.html", ROOT / "docs" / "summary.png"
SIZE = {"width": 1000, "height": 620}

if __name__ == "__main__":
    with browser() as started, opened(started, PAGE, viewport=SIZE) as page:
        page.screenshot(path=PICTURE)
    print(f"screenshot: {PICTURE.relative_to(ROOT)}")
