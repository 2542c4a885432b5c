"""Parameters and answers of the doctrine routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import (
    SORT,
    Answer,
    Cursor,
    DayWindow,
    Group,
    Id,
    Isk,
    Limit,
    Named,
    Parameters,
    Ratio,
    Ship,
    SmallId,
)
from api.schemas.lists import DataStatus, Listing
from api.schemas.windows import DAYS


class DoctrineSort(StrEnum):
    """Sorts of doctrines by what was lost in the window; `-` runs from the largest or newest. Ties run by id."""

    LOSSES = "losses"
    LOSSES_DOWN = "-losses"
    ISK_LOST = "isk_lost"
    ISK_LOST_DOWN = "-isk_lost"
    LAST_LOST_AT = "last_lost_at"
    LAST_LOST_AT_DOWN = "-last_lost_at"


class DoctrineParameters(Parameters):
    """Which doctrines, in which order, how many; a filter chooses bursts, and figures are of the bursts chosen."""

    days: Annotated[int, Field(ge=1, le=366)] = Field(7, description=DAYS)
    alliance_id: Id | None = Field(None, description="Bursts in which the alliance lost ships.")
    corporation_id: Id | None = Field(
        None, description="Bursts in which the corporation lost ships; one in an alliance is counted as its alliance."
    )
    ship_type_id: SmallId | None = Field(None, description="Doctrines of this hull.")
    min_losses: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(1, description="Ships lost at least.")
    sort: DoctrineSort = Field(DoctrineSort.LOSSES_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class DoctrineShoppingParameters(Parameters):
    """For how many ships the shopping list is."""

    ships: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="How many ships to buy for; left out, `expected_restock_units`, at least one."
    )


class DoctrineBurstParameters(Parameters):
    """How many bursts, from where on."""

    limit: Limit = 50
    cursor: Cursor = None


class DoctrineFlyer(Answer):
    """Who flies a doctrine, as far as losses show it."""

    group: Group
    losses: int = Field(description="Ships of the doctrine lost in bursts, ever.")
    losses_7d: int = Field(description="Of these, in the last 7 whole days.")
    first_seen_at: datetime
    last_seen_at: datetime


class DoctrineSummary(Answer):
    """A doctrine, in short."""

    id: UUID
    ship: Ship
    modules: str | None = Field(description="What a ship has in high, mid and low slots.")
    main_group: Named = Field(description="Who lost most ships of it.")
    losses: int = Field(description="Ships lost in bursts, ever.")
    losses_7d: int = Field(description="Of these, in the last 7 whole days.")
    last_seen_at: datetime


class DoctrineFigures(Answer):
    """What is known of a doctrine from all its bursts."""

    id: UUID
    ship: Ship
    summary: str = Field(description="The doctrine in a sentence or two.")
    modules: str | None = Field(
        description="What a ship has in high, mid and low slots: what at least half of the latest burst's losses had."
    )
    first_seen_at: datetime
    last_seen_at: datetime
    regions: list[Named] = Field(description="Where it was lost, ever.")
    mean_fleet_size: Ratio | None = Field(
        description="Losses and survivors of a burst, on average, of bursts in battles; null where none was in one."
    )
    loss_share: Ratio | None = Field(description="Losses / fleet of these bursts, 0-1.")
    losses_7d: int = Field(description="Ships lost in bursts of the last 7 whole days.")
    losses_previous_7d: int = Field(description="In the 7 days before.")
    expected_restock_units: int = Field(description="Ships expected to be bought in the next 7 days.")
    ship_isk: Isk | None = Field(description="What a fitted ship costs; null where a price is not known.")


class Doctrine(DoctrineFigures):
    """A doctrine in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DOCTRINE]})

    bursts: int = Field(description="Bursts in the window that meet the filters: fights that took ten or more at once.")
    losses: int = Field(description="Ships lost in them.")
    isk_lost: Isk = Field(description="What these were worth.")
    survivors: int | None = Field(
        description="Pilots seen shooting from the hull in these bursts' battles who did not lose it, shared out by "
        "losses where a burst had several fits; null where none was in a battle."
    )
    first_lost_at: datetime = Field(description="First loss in these bursts.")
    last_lost_at: datetime = Field(description="Last loss in these bursts.")
    flyers: list[DoctrineFlyer] = Field(description="Who flies it, by losses, at most five.")


class DoctrineList(Listing[Doctrine]):
    """A page of doctrines."""

    region: Named | None = Field(description="Where; null = all of New Eden.")
    window: DayWindow = Field(description="Days on which the bursts began.")


class DoctrineItem(Answer):
    """A type aboard a doctrine's ships."""

    place: str = Field(
        description="`hull`, `high`, `mid`, `low`, `rig`, `subsystem`, `charge`, `drone`, `fighter` or `cargo`.",
        examples=["mid"],
    )
    item: Named
    is_core: bool = Field(description="Whether at least half of the ships had it.")
    share_carrying: Ratio = Field(description="Ships that had it, 0-1.")
    quantity_per_ship: int = Field(description="What to buy for one ship; 0 = a variant some pilots flew instead.")
    quantity: int = Field(description="What to buy for `ships`.")
    price_isk: Isk | None = Field(description="Newest price of one; null where it is not known.")


class DoctrineDetail(DoctrineFigures):
    """A doctrine with who flies it and what must be bought to fly it."""

    model_config = ConfigDict(json_schema_extra=None)

    bursts: int = Field(description="Fights that took ten or more at once, ever.")
    losses: int = Field(description="Ships lost in them.")
    isk_lost: Isk
    flyers: list[DoctrineFlyer] = Field(description="Who flies it, by losses, at most a hundred.")
    items: list[DoctrineItem] = Field(description="The hull, then what was aboard in the latest burst, by place.")
    ships: int = Field(description="How many ships the shopping list is for.")
    multibuy: str = Field(description="The shopping list as text for the game's multibuy window, `name xquantity`.")
    data_status: DataStatus


class DoctrineBurst(Answer):
    """A fight or chain of losses that took ten or more of one hull, and how many were of this doctrine."""

    id: int = Field(description="Of this doctrine's part of the burst.")
    first_lost_at: datetime
    last_lost_at: datetime
    system: Named
    region: Named | None
    battle_id: UUID | None = Field(description="The battle it was in; null outside battles.")
    side: int | None = Field(description="The side of the battle that flew it.")
    group_ids: list[int] = Field(description="Who lost ships, most first; -1 = NPCs.")
    losses: int
    isk_lost: Isk
    survivors: int | None = Field(description="null outside battles.")


class DoctrineBurstList(Listing[DoctrineBurst]):
    """A page of a doctrine's bursts, the newest first."""
