import bz2
import io
import json
import tarfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pandas as pd
import pytest

from battlescope_assets.io.static_data import read_snapshot, read_zip
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue
from battlescope_assets.upstream.everef import write_archive
from battlescope_assets.upstream.faults import Fault, FaultKind
from battlescope_assets.upstream.server import Upstream, running

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 2)
ARCHIVE = "killmails/2026/killmails-2026-11-01.tar.bz2"
MARKET = "market-history/2026/market-history-2026-11-02.csv.bz2"


@pytest.fixture(scope="module")
def war() -> War:
    return War(read_snapshot(), seed=3, mails_per_day=120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upstream")


@pytest.fixture
def upstream(war: War, folder: Path) -> Iterator[Upstream]:
    with running(Catalogue(war, FIRST, LAST, folder)) as upstream:
        yield upstream


@pytest.fixture
def client(upstream: Upstream) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=upstream.url, trust_env=False) as client:
        yield client


def ids_in(archive: bytes) -> dict[str, int]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:bz2") as tar:
        return {m.name: json.load(tar.extractfile(m) or io.BytesIO())["killmail_id"] for m in tar}


def test_archives_are_everefs(client: httpx.Client, war: War) -> None:
    ids = ids_in(client.get(ARCHIVE).content)
    assert list(ids.values()) == [mail["killmail_id"] for mail in war.killmails(FIRST)]
    assert all(name == f"killmails/{killmail_id}.json" for name, killmail_id in ids.items())


def test_totals_count_the_archives(client: httpx.Client, war: War) -> None:
    assert client.get("killmails/totals.json").json() == {
        "20261101": len(war.killmails(FIRST)),
        "20261102": len(war.killmails(LAST)),
    }
    assert client.get("market-history/totals.json").json() == {
        "2026-11-01": len(war.market_history(FIRST)),
        "2026-11-02": len(war.market_history(LAST)),
    }


def test_market_history_is_everefs(client: httpx.Client, war: War) -> None:
    table = pd.read_csv(io.BytesIO(client.get(MARKET).content), compression="bz2")
    assert (
        ",".join(map(str, table.columns))
        == "average,date,highest,lowest,order_count,volume,http_last_modified,region_id,type_id"
    )
    assert len(table) == len(war.market_history(LAST))


def test_static_data_is_the_snapshot_under_its_build(client: httpx.Client) -> None:
    latest = client.get("static-data/tranquility/latest.jsonl").content
    build = json.loads(latest)["buildNumber"]
    assert latest.endswith(b"\r\n")
    served = client.get(f"static-data/tranquility/eve-online-static-data-{build}-jsonl.zip").content
    assert read_zip(served).build_number == build == read_snapshot().build_number


@pytest.mark.parametrize(
    "path",
    [
        "killmails/2026/killmails-2026-10-31.tar.bz2",
        "killmails/2026/killmails-2026-11-03.tar.bz2",
        "killmails/2025/killmails-2026-11-01.tar.bz2",
        "killmails/2026/killmails-2026-13-41.tar.bz2",
        "market-history/2026/market-history-2026-10-31.csv.bz2",
        "killmails/../../etc/passwd",
        "nothing",
    ],
)
def test_what_the_upstream_does_not_have_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [ARCHIVE, MARKET, "killmails/totals.json", "static-data/tranquility/latest.jsonl"])
def test_conditional_and_head_requests(client: httpx.Client, path: str) -> None:
    full = client.get(path)
    head = client.head(path)
    assert head.content == b""
    for header in ("ETag", "Last-Modified", "Content-Length", "Content-Type"):
        assert head.headers[header] == full.headers[header]
    assert int(full.headers["Content-Length"]) == len(full.content)
    again = client.get(path, headers={"If-None-Match": full.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_another_server_with_an_empty_folder_serves_the_same_bytes(client: httpx.Client, tmp_path: Path) -> None:
    fresh = Catalogue(War(read_snapshot(), seed=3, mails_per_day=120), FIRST, LAST, tmp_path)
    with running(fresh) as other:
        for path in (MARKET, ARCHIVE):
            there = httpx.get(f"{other.url}/{path}", trust_env=False)
            assert there.content == client.get(path).content
            assert there.headers["ETag"] == client.get(path).headers["ETag"]


def test_a_day_is_published_again_with_its_late_mails(war: War, tmp_path: Path) -> None:
    with (
        running(Catalogue(war, FIRST, LAST, tmp_path, mails_come_late=True)) as upstream,
        httpx.Client(base_url=upstream.url, trust_env=False) as client,
    ):
        early, total = client.get(ARCHIVE), client.get("killmails/totals.json").json()["20261101"]
        assert total == len(ids_in(early.content)) < len(war.killmails(FIRST))
        assert client.post("_control/late-mails/2026-11-01").status_code == 200
        late = client.get(ARCHIVE, headers={"If-None-Match": early.headers["ETag"]})
        assert late.status_code == 200
        assert ids_in(early.content).keys() < ids_in(late.content).keys()
        assert (
            len(ids_in(late.content))
            == len(war.killmails(FIRST))
            == client.get("killmails/totals.json").json()["20261101"]
        )


@pytest.mark.parametrize("status", [420, 429, 500, 502, 503, 504])
def test_status_faults_heal_after_their_number_of_times(upstream: Upstream, client: httpx.Client, status: int) -> None:
    upstream.faults.switch_on(Fault("killmails/*", FaultKind.STATUS, times=2, status=status, retry_after_seconds=7))
    assert client.get(MARKET).status_code == 200
    answers = [client.get(ARCHIVE) for _ in range(3)]
    assert [a.status_code for a in answers] == [status, status, 200]
    assert [a.headers.get("Retry-After") for a in answers] == ["7", "7", None]


def test_a_status_without_retry_after(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(Fault("*", FaultKind.STATUS, status=429))
    assert "Retry-After" not in client.get(ARCHIVE).headers


def test_truncated_and_reset_answers_are_transport_errors(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.TRUNCATED, times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(ARCHIVE)
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.RESET, times=1))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.get(ARCHIVE)
    assert client.get(ARCHIVE).status_code == 200
    assert [request.status for request in upstream.requests] == [200, 0, 200]


def test_wrong_content_and_flipped_bits_look_like_success(upstream: Upstream, client: httpx.Client) -> None:
    sound = client.get(ARCHIVE).content
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.WRONG_CONTENT, times=1))
    assert client.get(ARCHIVE).content.startswith(b"<!doctype html>")
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.FLIPPED_BITS, times=1))
    damaged = client.get(ARCHIVE)
    assert damaged.status_code == 200
    assert len(damaged.content) == len(sound)
    with pytest.raises(OSError, match=r"[Ii]nvalid data"):
        bz2.decompress(damaged.content)


def test_a_slow_body_still_arrives_whole(upstream: Upstream, client: httpx.Client) -> None:
    sound = client.get(ARCHIVE).content
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.SLOW, bytes_per_second=4_000_000))
    assert client.get(ARCHIVE).content == sound


def test_retry_after_and_the_date_go_by_the_fault_s_clock(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(
        Fault(
            ARCHIVE,
            FaultKind.STATUS,
            status=429,
            retry_after_seconds=7,
            retry_after_is_date=True,
            clock_ahead_seconds=3_600,
        )
    )
    ahead, right = client.get(ARCHIVE), client.get(MARKET)
    date, until = (parsedate_to_datetime(ahead.headers[name]) for name in ("Date", "Retry-After"))
    assert until - date in {timedelta(seconds=7), timedelta(seconds=8)}
    assert timedelta(minutes=59) < date - parsedate_to_datetime(right.headers["Date"]) < timedelta(minutes=61)


def test_headers_are_put_in_place_of_its_own(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.AS_EVER, headers={"ETag": '"other"', "X-More": "yes"}))
    answer = client.get(ARCHIVE)
    assert (answer.status_code, answer.headers["ETag"], answer.headers["X-More"]) == (200, '"other"', "yes")


def test_an_endless_body(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.OVERSIZE))
    with client.stream("GET", ARCHIVE) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(len(chunk) for chunk, _ in zip(answer.iter_raw(65_536), range(100), strict=False)) > 2**22


def test_a_silent_upstream(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.switch_on(Fault(ARCHIVE, FaultKind.SILENT))
    with pytest.raises(httpx.ReadTimeout):
        client.get(ARCHIVE, timeout=0.1)
    assert [request.status for request in upstream.requests] == [0]


def test_the_request_log_has_times(upstream: Upstream, client: httpx.Client) -> None:
    before = time.monotonic()
    client.get(ARCHIVE)
    client.get(MARKET)
    times = [request.received_seconds for request in upstream.requests]
    assert before <= times[0] <= times[1] <= time.monotonic()


@pytest.mark.parametrize(("method", "path"), [("POST", ARCHIVE), ("DELETE", ARCHIVE), ("POST", "nothing")])
def test_other_methods_find_nothing(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_faults_and_the_request_log_over_http(upstream: Upstream, client: httpx.Client) -> None:
    fault = {"route": "killmails/*", "kind": "status", "status": 502}
    assert client.post("_control/faults", json=fault).status_code == 200
    assert client.get(ARCHIVE, headers={"User-Agent": "a test"}).status_code == 502
    assert client.delete("_control/faults").status_code == 200
    assert client.get(ARCHIVE).status_code == 200
    assert client.post("_control/faults", json={"route": "*", "kind": "unheard of"}).status_code == 400
    log = client.get("_control/requests").json()
    assert [(method, path, status) for method, path, status, *_ in log] == [
        ("GET", f"/{ARCHIVE}", 502),
        ("GET", f"/{ARCHIVE}", 200),
    ]
    assert log[0][3] == "a test"


def test_it_says_that_it_runs_and_logs_no_such_question(upstream: Upstream, client: httpx.Client) -> None:
    assert client.get("/").status_code == 200
    assert upstream.requests == []


def test_equal_mails_give_equal_archives(war: War, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_archive(war.killmails(FIRST), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
