"""Landing killmail archives: what is sound lands, what is not is quarantined or refused, and nothing is half done."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battlescope_assets.assets.archive_days import archive_totals
from battlescope_assets.assets.killmails import land_day
from battlescope_assets.io.archive import ArchiveError
from battlescope_assets.io.ledgers import KillmailDay
from battlescope_assets.io.sources import Source
from battlescope_assets.io.warehouse import Warehouse
from tests.archives import archive_of, archive_path, write_archive_bytes
from tests.bodies import DAY, KILLMAIL_ID, MALFORMED, body, encoded

DATE = date.fromisoformat(DAY)
MOST_BYTES = 64 * 2**20
SHARED_ARCHIVES = Path(__file__).parents[3] / "shared" / "data" / "everef"
TABLES = ("killmail_days", "quarantined_mails", "killmails", "killmail_attackers", "killmail_items", "killmail_index")

EACH_TIME = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=settings().max_examples // 8,  # each lands a day or two; the deep profile has 250
)


def name_of(killmail_id: int) -> str:
    return f"killmails/{killmail_id}.json"


def sound(count: int) -> dict[str, bytes]:
    return {name_of(i): encoded(body(killmail_id=i)) for i in range(1, count + 1)}


class Upstream:
    """A folder in EVE Ref's layout, and its landing in the warehouse."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder = folder
        self.warehouse = warehouse
        self.source = Source(str(folder), "tests", folder / "cache")

    def publish(self, members: Mapping[str, bytes]) -> None:
        write_archive_bytes(self.folder, DATE, archive_of(members))

    def land(self, expected: int | None = None) -> KillmailDay:
        return land_day(DATE, expected, self.source, self.warehouse, MOST_BYTES)

    def land_fresh(self, members: Mapping[str, bytes]) -> KillmailDay:
        self.publish(members)
        return self.land()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.warehouse.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def stored_ids(self) -> set[object]:
        return {
            killmail_id for (killmail_id,) in self.rows(f"select killmail_id from raw.killmails where day = '{DAY}'")
        }


def checksum(warehouse: Warehouse) -> str:
    """One digest over every landing table, row versions included: any rewrite changes it."""
    digest = hashlib.sha256()
    with warehouse.transaction() as connection:
        for table in TABLES:
            found = connection.execute(
                f"select t.*, t.xmin::text, t.ctid::text from raw.{table} t order by 1, 2, 3".encode()
            )
            digest.update(repr(found.fetchall()).encode())
    return digest.hexdigest()


@pytest.fixture
def upstream(tmp_path: Path, warehouse: Warehouse) -> Upstream:
    with warehouse.transaction() as connection:
        for table in TABLES:
            connection.execute(f"delete from raw.{table}".encode())
    return Upstream(tmp_path, warehouse)


def test_malformed_mails_are_quarantined_with_reason_and_the_day_still_lands(upstream: Upstream) -> None:
    bad = {f"bad/{i}/{KILLMAIL_ID}.json": content for i, (content, _) in enumerate(MALFORMED.values())}
    landed = upstream.land_fresh(sound(20) | bad)
    assert (landed.mails_stored, landed.mails_quarantined) == (20, len(MALFORMED))
    assert upstream.stored_ids() == set(range(1, 21))
    reasons = [
        reason
        for (reason,) in upstream.rows(
            "select reason from raw.quarantined_mails order by split_part(member, ':', 1)::int"
        )
    ]
    assert reasons == [reason for _, reason in MALFORMED.values()]
    assert upstream.rows("select from raw.quarantined_mails where source = '' or detail = '' or member = ''") == []


@EACH_TIME
@given(st.lists(st.sampled_from(sorted(MALFORMED)), max_size=12), st.integers(0, 5), st.randoms())
def test_any_mix_of_sound_and_malformed_mails_is_parted_exactly(
    upstream: Upstream, kinds: list[str], count: int, random: st.DataObject
) -> None:
    members = list(sound(count).items()) + [
        (f"bad/{i}/{KILLMAIL_ID}.json", MALFORMED[kind][0]) for i, kind in enumerate(kinds)
    ]
    random.shuffle(members)  # type: ignore[attr-defined]
    landed = upstream.land_fresh(dict(members))
    assert (landed.mails_stored, landed.mails_quarantined) == (count, len(kinds))
    assert upstream.stored_ids() == set(range(1, count + 1))


def test_an_id_twice_in_one_archive_keeps_the_first(upstream: Upstream) -> None:
    landed = upstream.land_fresh(sound(2) | {"again/1.json": encoded(body(killmail_id=1, solar_system_id=30000142))})
    assert (landed.mails_stored, landed.mails_quarantined) == (2, 1)
    assert upstream.rows("select solar_system_id from raw.killmails where killmail_id = 1") == [(30002187,)]


def test_an_id_stored_on_another_day_is_quarantined(upstream: Upstream) -> None:
    upstream.land_fresh(sound(2))
    other = date(2026, 9, 16)
    moved = {name_of(2): encoded(body(killmail_id=2, killmail_time="2026-09-16T00:00:00Z"))}
    write_archive_bytes(upstream.folder, other, archive_of(moved))
    landed = land_day(other, None, upstream.source, upstream.warehouse, MOST_BYTES)
    assert (landed.mails_stored, landed.mails_quarantined) == (0, 1)
    assert upstream.stored_ids() == {1, 2}


def test_the_same_archive_again_changes_no_row(upstream: Upstream) -> None:
    upstream.land_fresh(sound(30))
    before = checksum(upstream.warehouse)
    assert upstream.land().revision == 1
    assert checksum(upstream.warehouse) == before


def test_the_same_mails_packed_anew_rewrite_no_mail(upstream: Upstream) -> None:
    upstream.land_fresh(sound(30))
    before = upstream.rows("select killmail_id, xmin::text from raw.killmails order by 1")
    landed = upstream.land_fresh(dict(reversed(sound(30).items())))
    assert landed.revision == 2
    assert upstream.rows("select killmail_id, xmin::text from raw.killmails order by 1") == before


def test_a_republished_day_holds_exactly_what_is_new(upstream: Upstream) -> None:
    upstream.land_fresh(sound(10))
    untouched = upstream.rows(
        "select killmail_id, xmin::text from raw.killmails where killmail_id between 2 and 10 order by 1"
    )
    landed = upstream.land_fresh({name: content for name, content in sound(12).items() if name != name_of(1)})
    assert (landed.mails_stored, landed.revision) == (11, 2)
    assert upstream.stored_ids() == set(range(2, 13))
    assert (
        upstream.rows("select killmail_id, xmin::text from raw.killmails where killmail_id between 2 and 10 order by 1")
        == untouched
    )
    assert upstream.rows("select count(*) from raw.killmail_index") == [(11,)]


def test_a_day_without_a_file_is_absent_and_lands_when_it_appears(upstream: Upstream) -> None:
    absent = upstream.land()
    assert (absent.status, absent.mails_stored) == ("absent", 0)
    before = checksum(upstream.warehouse)
    upstream.land()
    assert checksum(upstream.warehouse) == before
    landed = upstream.land_fresh(sound(3))
    assert (landed.status, landed.mails_stored) == ("stored", 3)


def test_a_file_lost_upstream_loses_no_mail_here(upstream: Upstream) -> None:
    upstream.land_fresh(sound(3))
    before = checksum(upstream.warehouse)
    archive_path(upstream.folder, DATE).unlink()
    assert upstream.land().status == "stored"
    assert checksum(upstream.warehouse) == before


@EACH_TIME
@given(st.integers(0, len(archive_of(sound(15))) - 1))
def test_an_archive_cut_anywhere_leaves_the_day_as_it_was(upstream: Upstream, length: int) -> None:
    upstream.land_fresh(sound(10))
    before = checksum(upstream.warehouse)
    write_archive_bytes(upstream.folder, DATE, archive_of(sound(15))[:length])
    with pytest.raises(ArchiveError):
        upstream.land()
    assert checksum(upstream.warehouse) == before
    assert upstream.land_fresh(sound(15)).mails_stored == 15


@EACH_TIME
@given(st.integers(0, 8 * len(archive_of(sound(15))) - 1))
def test_a_flipped_bit_never_lands_a_wrong_day(upstream: Upstream, bit: int) -> None:
    upstream.land_fresh(sound(10))
    before = checksum(upstream.warehouse)
    content = bytearray(archive_of(sound(15)))
    content[bit // 8] ^= 1 << bit % 8
    write_archive_bytes(upstream.folder, DATE, bytes(content))
    try:
        landed = upstream.land()
    except ArchiveError:
        assert checksum(upstream.warehouse) == before
    else:
        assert (landed.mails_stored, landed.mails_quarantined) == (15, 0)


def test_expected_counts_are_read_from_the_totals(upstream: Upstream) -> None:
    assert archive_totals(upstream.source, "killmails") == {}
    (upstream.folder / "killmails").mkdir()
    (upstream.folder / "killmails" / "totals.json").write_text(
        '{"20260915": 12, "2026-09-16": 3, "soon": 4, "20260917": "many"}'
    )
    totals = archive_totals(upstream.source, "killmails")
    assert totals == {DATE: 12, date(2026, 9, 16): 3}  # an odd entry announces nothing
    upstream.publish(sound(10))
    assert upstream.land(totals[DATE]).mails_expected == 12


@pytest.mark.skipif(
    not SHARED_ARCHIVES.exists(), reason="../shared/data with real killmails is not beside this checkout"
)
def test_every_real_mail_lands_and_landing_again_changes_nothing(upstream: Upstream) -> None:
    source = Source(str(SHARED_ARCHIVES), "tests", upstream.folder)
    totals = archive_totals(source, "killmails")

    def land_all() -> list[KillmailDay]:
        return [land_day(day, totals[day], source, upstream.warehouse, MOST_BYTES) for day in sorted(totals)]

    landed = land_all()
    assert len(landed) == 114
    assert sum(day.mails_stored for day in landed) == sum(totals.values()) == 1175
    assert sum(day.mails_quarantined for day in landed) == 0
    before = checksum(upstream.warehouse)
    assert land_all() == landed
    assert checksum(upstream.warehouse) == before
