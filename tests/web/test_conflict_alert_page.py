"""The conflict alert in frames on other sites' pages: it may be there, nothing else may, and it keeps itself true."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import Visit

ALERT = "/embed/conflict-alert"
FROM, TO = 30000142, 30002187


@pytest.fixture
def other_site(golden_api: httpx.Client, known: dict[str, str], browser: Browser) -> Iterator[Page]:
    """A page of another site with two of ours in frames: an alert and the dashboard."""
    frames = (f"{ALERT}?system_id={known['system']}", "/")
    body = "".join(f'<iframe src="{str(golden_api.base_url).rstrip("/")}{path}"></iframe>' for path in frames).encode()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", f"{len(body)}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    yield page
    page.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_other_sites_show_it_in_a_frame_and_no_other_page(other_site: Page, known: dict[str, str]) -> None:
    alert = other_site.frame_locator("iframe >> nth=0")
    link = alert.locator("h1 a")
    assert link.get_attribute("href") == f"/systems/{known['system']}"
    assert [link.get_attribute(name) for name in ("target", "rel")] == ["_blank", "noopener"]
    assert other_site.frames[2].url.startswith("chrome-error:")


def test_only_its_policy_lets_it_into_frames(golden_api: httpx.Client, known: dict[str, str]) -> None:
    policies = {
        path: golden_api.get(path).headers["Content-Security-Policy"]
        for path in (f"{ALERT}?system_id={known['system']}", ALERT, "/", "/intel", "/route")
    }
    assert [("frame-ancestors *" in policy) for policy in policies.values()] == [True, True, False, False, False]
    assert not any("unsafe" in policy for policy in policies.values())


@pytest.mark.parametrize(("theme", "shown"), [("", "dark"), ("&theme=light", "light")])
def test_a_way_says_what_the_api_says(visit: Visit, golden_api: httpx.Client, theme: str, shown: str) -> None:
    where = f"?from_system_id={FROM}&to_system_id={TO}&preference=safer"
    alert = golden_api.get(f"/api/war/conflict-alert{where}").json()
    page = visit(f"{ALERT}{where}{theme}")
    assert page.locator("html").get_attribute("data-theme") == shown
    assert page.locator("h1").inner_text() == "Jita to Amarr"
    assert f"{alert['danger']} danger" in page.locator("main").inner_text()
    with page.expect_popup() as opened:
        page.locator("h1 a").click()
    expect(opened.value.locator(".way [aria-current]")).to_have_text("Safer")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?system_id=3", "There is no solar system 3."),
        ("", "alert\n\nGive either system_id"),
        ("?system_id=x", "system_id"),
    ],
)
def test_what_is_wrong_is_said_in_the_frame(visit: Visit, golden_api: httpx.Client, query: str, said: str) -> None:
    assert said in visit(f"{ALERT}{query}").locator("main").inner_text()
    answer = golden_api.get(f"{ALERT}{query}", headers={"Accept": "text/html"})
    assert answer.is_client_error
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"], "else a frame shows nothing of it"


def test_it_asks_again_when_it_is_seen_again(visit: Visit) -> None:
    page = visit(f"{ALERT}?system_id={{system}}")
    said = page.locator("main").inner_text()
    page.evaluate("document.querySelector('main').replaceChildren('old')")
    with page.expect_response(lambda response: ALERT in response.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("main")).to_contain_text(said.split("\n")[0])
