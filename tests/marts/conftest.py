"""The golden war as pandas frames, read off its own mails: nothing here passed through the warehouse except values."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import pandas as pd
import pytest

from battlescope_assets.io.snapshots import ESI_PATHS
from battlescope_assets.upstream.esi import Esi
from tests.conftest import Golden

Query = Callable[[str], pd.DataFrame]


class Frames(NamedTuple):
    """What the golden war's days hold, one row per thing, with the marts' names of columns."""

    killmails: pd.DataFrame
    """day, killmail_id, killmail_time, solar_system_id, victim_*, damage_taken, its *_isk, and is_player_kill."""
    attackers: pd.DataFrame
    """day, killmail_id, attacker_index, character_id, corporation_id, alliance_id, ship_type_id, damage_done, …"""
    items: pd.DataFrame
    """day, killmail_id, item_type_id, flag, singleton, is_contained, quantity_destroyed, quantity_dropped."""
    campaigns: pd.DataFrame
    """as_of, and ESI's own fields of a sovereignty campaign; one row per answer that showed it."""


@pytest.fixture(scope="session")
def query(golden: Golden) -> Query:
    """Runs a query on the golden war's database; numerics come as Decimals."""

    def run(statement: str) -> pd.DataFrame:
        with golden.warehouse.transaction() as connection:
            cursor = connection.execute(statement.encode())
            names = [column.name for column in cursor.description or ()]
            return pd.DataFrame(cursor.fetchall(), columns=names)

    return run


@pytest.fixture(scope="session")
def frames(golden: Golden, query: Query) -> Frames:
    """The mails of the golden days."""
    killmails, attackers, items = [], [], []
    for day in golden.days:
        for mail in golden.war.killmails(day):
            key = {"day": day, "killmail_id": mail["killmail_id"]}
            victim = mail["victim"]
            moment = datetime.fromisoformat(mail["killmail_time"]).astimezone(UTC)
            killmails.append(
                key
                | {"killmail_time": moment, "solar_system_id": mail["solar_system_id"]}
                | {"damage_taken": victim["damage_taken"], "victim_ship_type_id": victim["ship_type_id"]}
                | {f"victim_{name}": victim.get(name) for name in ("character_id", "corporation_id", "alliance_id")}
            )
            killmails[-1]["is_player_kill"] = any(
                "character_id" in each or not 1_000_000 <= each.get("corporation_id", 1_000_000) < 2_000_000
                for each in mail["attackers"]
            )
            attackers += [key | {"attacker_index": index} | each for index, each in enumerate(mail["attackers"])]
            stacks = list(victim.get("items", []))
            for stack in stacks:
                stacks.extend({"flag": stack["flag"], "is_contained": True} | inner for inner in stack.get("items", []))
                items.append(
                    key
                    | {name: stack[name] for name in ("item_type_id", "flag", "singleton")}
                    | {"is_contained": stack.get("is_contained", False)}
                    | {name: stack.get(name, 0) for name in ("quantity_destroyed", "quantity_dropped")}
                )
    values = query("select killmail_id, destroyed_isk, dropped_isk, total_isk from core.killmail_values")
    valued = pd.DataFrame(killmails).merge(values, on="killmail_id", how="left", validate="one_to_one")
    esi = Esi(golden.war)
    moments = query("select as_of from raw.snapshots where source = 'sovereignty_campaigns' order by as_of").as_of
    campaigns = [
        {"as_of": moment} | campaign
        for moment in moments
        for campaign in _content(esi, "sovereignty_campaigns", moment.to_pydatetime())
    ]
    return Frames(valued, pd.DataFrame(attackers), pd.DataFrame(items), pd.DataFrame(campaigns))


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The frame's rows, each by name of column."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def _content(esi: Esi, source: str, moment: datetime) -> list[dict[str, Any]]:
    answer = esi.answer(ESI_PATHS[source], moment)
    assert answer is not None
    content: list[dict[str, Any]] = answer.content
    return content
