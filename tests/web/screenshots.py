"""Pictures of every page for the documentation, taken of a running application; no test belongs here."""

import sys

import httpx
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from battlescope_assets.settings import REPOSITORY, Settings
from tests.web import browser as browsers
from tests.web.conftest import known_of
from tests.web.pages import PAGES

FOLDER = REPOSITORY / "docs" / "screenshots"
WIDTHS = {"desktop": 1280, "phone": 390}
TALLEST_PIXELS = 1_800
COLOURS = 256


def main(url: str) -> None:
    """Writes `docs/screenshots/<page>-<device>.png`."""
    FOLDER.mkdir(exist_ok=True)
    with httpx.Client(base_url=url, timeout=30) as client:
        known = known_of(client)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find())
        for device, width in WIDTHS.items():
            size = {"width": width, "height": 900}
            context = browser.new_context(base_url=url, viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
            page = context.new_page()
            for shown in (one for one in PAGES if one.is_pictured):
                page.goto(shown.address.format(**known))
                expect(page.locator('[aria-busy="true"]')).to_have_count(0)
                height = min(TALLEST_PIXELS, page.evaluate("document.documentElement.scrollHeight"))
                file = FOLDER / f"{shown.name}-{device}.png"
                page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
                with Image.open(file) as picture:
                    small = picture.convert("RGB").quantize(COLOURS)
                small.save(file, optimize=True)
        browser.close()


if __name__ == "__main__":
    settings = Settings()
    main(sys.argv[1] if len(sys.argv) > 1 else f"http://{settings.api_host}:{settings.api_port}")
