"""What must hold for every page of the reports in a browser: it is whole, legible, and works without a network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 480, "height": 900}
SCREEN = {"width": 1100, "height": 900}
LEAST_ALT = 20  # characters of a description of a picture
CONTRAST = 4.5  # of text and background, WCAG 2.2, AA

RULES: dict[str, Any] = {"resultTypes": ["violations"]}  # of axe
RULES_OF = {  # rules that can differ from a wide light page, which is checked by all rules
    "dark": ("color-contrast",),
    "phone": ("target-size", "scrollable-region-focusable", "meta-viewport", "link-in-text-block"),
}

# Luminance and contrast, as WCAG defines them, of the text of the page and its background.
COLOURS = """() => {
  const style = getComputedStyle(document.body);
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b);
  return { ground: style.backgroundColor, contrast: (high + 0.05) / (low + 0.05) };
}"""


def chromium() -> str:
    """The path of this machine's browser. Without one the test is skipped; where CI is set, it fails."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        missing = "no chromium, chromium-browser or google-chrome on PATH; on Debian: apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of this machine, for as long as the block runs."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def opened(
    started: Browser, path: Path, kinds: tuple[str, ...] = ("error", "warning"), **options: Any
) -> Iterator[Page]:
    """The page of a file; fails if it requests anything but itself, or logs messages of these kinds to the console."""
    context = started.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type in kinds else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.resolve().as_uri())
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((path.resolve().as_uri(), "data:"))] == []
    assert errors == []


def check_page(path: Path) -> None:
    """Open the page in every way that a reader does, and assert what must hold for it."""
    with browser() as started:
        check_in(started, path)


def check_in(started: Browser, path: Path) -> None:
    """The same as `check_page`, in a browser that is running."""
    with opened(started, path, viewport=SCREEN, color_scheme="light") as page:
        check_pictures(page)
        light = page.evaluate(COLOURS)
        check_access(page, "light")
        check_print(page)
    with opened(started, path, viewport=SCREEN, color_scheme="dark") as page:
        dark = page.evaluate(COLOURS)
        check_access(page, "dark")
        page.emulate_media(media="print")
        assert page.evaluate(COLOURS)["ground"] == light["ground"], "paper is white"
    assert light["ground"] != dark["ground"]
    assert min(light["contrast"], dark["contrast"]) >= CONTRAST
    with opened(started, path, viewport=PHONE) as page:
        check_access(page, "phone")
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        assert wide <= 0, f"{path.name} is {wide} pixels wider than a phone"


def check_access(page: Page, way: str) -> None:
    """With all that is folded open, axe finds nothing that keeps a reader out."""
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    options = RULES | ({"runOnly": list(RULES_OF[way])} if way in RULES_OF else {})
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def check_pictures(page: Page) -> None:
    """Require that every figure has a picture, and that every picture has a description."""
    alts = page.eval_on_selector_all(
        "img, svg[role=img]", "all => all.map((one) => one.getAttribute('aria-label') ?? one.getAttribute('alt') ?? '')"
    )
    assert [alt for alt in alts if len(alt) < LEAST_ALT] == []
    assert page.locator("figure").count() == page.locator("figure:has(img, svg[role=img])").count()


def check_print(page: Page) -> None:
    """Require that on paper there is no navigation and nothing is folded, and that the screen is then as before."""
    folded = page.locator("details:not([open])").count()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert [nav for nav in page.locator("nav").all() if nav.is_visible()] == []
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("details:not([open])").count() == folded
