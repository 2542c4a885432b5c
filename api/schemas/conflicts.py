"""Parameters and answers of the conflict routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import Kind
from api.schemas.fields import SORT, Answer, Cursor, DayWindow, Group, Id, Isk, Limit, Named, Parameters, Ratio, SmallId
from api.schemas.lists import DataStatus, Listing
from api.schemas.windows import WindowParameters

MinIsk = Annotated[int, Field(ge=0, le=10**18)]
OF_ALLIANCE = "Conflicts of this alliance."
OF_CORPORATION = "Conflicts of this corporation; one in an alliance fights as its alliance."


class ConflictSort(StrEnum):
    """Sorts of conflicts; `-` runs from the largest. Ties run by `id`, the same way."""

    ISK_TOTAL = "isk_total"
    ISK_TOTAL_DOWN = "-isk_total"
    KILLMAILS = "killmails"
    KILLMAILS_DOWN = "-killmails"


class CampaignSort(StrEnum):
    """Sorts of campaigns; `-` runs from the largest or newest. Ties run by `id`, the same way."""

    LAST_BATTLE_AT = "last_battle_at"
    LAST_BATTLE_AT_DOWN = "-last_battle_at"
    ISK_TOTAL = "isk_total"
    ISK_TOTAL_DOWN = "-isk_total"
    BATTLES = "battles"
    BATTLES_DOWN = "-battles"


class ConflictParameters(WindowParameters):
    """Which conflicts, in which order, how many."""

    alliance_id: Id | None = Field(None, description=OF_ALLIANCE)
    corporation_id: Id | None = Field(None, description=OF_CORPORATION)
    region_id: SmallId | None = Field(
        None, description="Conflicts whose killmails are most in a system of this region."
    )
    min_isk: MinIsk | None = Field(None, description="Lost by both together at least, in ISK.")
    sort: ConflictSort = Field(ConflictSort.ISK_TOTAL_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class MatrixParameters(WindowParameters):
    """Which window, and how many alliances."""

    alliances: Annotated[int, Field(ge=2, le=50)] = Field(
        20, description="How many alliances: those that destroyed most."
    )


class WindowPageParameters(WindowParameters):
    """Which window, how many, from where on."""

    limit: Limit = 50
    cursor: Cursor = None


class CampaignParameters(Parameters):
    """Which campaigns, in which order, how many."""

    alliance_id: Id | None = Field(None, description="Campaigns of this alliance.")
    corporation_id: Id | None = Field(None, description="Campaigns of this corporation, outside alliances.")
    region_id: SmallId | None = Field(None, description="Campaigns whose battles are most in a system of this region.")
    battle_id: UUID | None = Field(None, description="The campaign this battle is part of.")
    sort: CampaignSort = Field(CampaignSort.LAST_BATTLE_AT_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class CampaignBattleParameters(Parameters):
    """How many battles, from where on."""

    limit: Limit = 50
    cursor: Cursor = None


class Conflict(Answer):
    """Two groups that shot each other; what is destroyed is shared out by damage, so a killmail's worth counts once."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CONFLICT]})

    id: str = Field(description="The two groups' ids.", examples=["99000001-99000002"])
    group: Group = Field(description="The one of the smaller id.")
    opponent: Group
    kills: int = Field(description="Killmails of the opponent's losses that the group is on.")
    losses: int = Field(description="Killmails of the group's losses that the opponent is on.")
    kills_share: Ratio = Field(description="`kills`, each by the group's share of the damage.")
    losses_share: Ratio = Field(description="`losses`, each by the opponent's share of the damage.")
    isk_destroyed: Isk = Field(description="The group's share in what the opponent lost, destroyed and dropped.")
    isk_lost: Isk = Field(description="The opponent's share in what the group lost.")
    isk_total: Isk = Field(description="Both together.")
    efficiency: Ratio | None = Field(description="isk_destroyed / isk_total, 0-1; null where nothing had a value.")
    trend: Ratio | None = Field(
        description="Killmails / those of as many days before, at least 1; null where these are not all stored."
    )
    systems: int = Field(description="Solar systems they met in.")
    main_system: Named = Field(description="Where they met most.")
    region: Named | None = Field(description="The main system's.")
    hub: Named | None = Field(description="The trade hub most of the losses are nearest to; null where none is.")
    hub_jumps: Ratio | None = Field(description="Jumps from these losses to the hub, on average.")


class ConflictList(Listing[Conflict]):
    """A page of conflicts."""

    window: DayWindow


class ConflictMatrix(Answer):
    """Who destroyed how much of whom, as a matrix or chord chart draws it."""

    groups: list[Group] = Field(description="The alliances that destroyed most ISK, the first most.")
    isk_destroyed: list[list[Isk]] = Field(
        description="Row i, column j: what group i destroyed of group j, shared out by damage; 0 on the diagonal."
    )
    kills: list[list[int]] = Field(description="Row i, column j: killmails of group j's losses that group i is on.")
    window: DayWindow
    data_status: DataStatus


class Opponent(Answer):
    """Someone a group shot at, or was shot by."""

    group: Group
    kills: int = Field(description="Killmails of the opponent's losses.")
    losses: int = Field(description="Killmails of the group's losses to it.")
    isk_destroyed: Isk = Field(description="The group's share, by damage, in what the opponent lost.")
    isk_lost: Isk = Field(description="The opponent's share in what the group lost.")
    efficiency: Ratio | None = Field(description="isk_destroyed / both, 0-1; null where nothing had a value.")
    trend: Ratio | None = Field(
        description="Killmails / those of as many days before, at least 1; null where these are not all stored."
    )


class OpponentList(Listing[Opponent]):
    """A page of a group's opponents, those with most killmails first."""

    group: Group
    window: DayWindow


class Ally(Answer):
    """Someone who was on killmails together with a group."""

    group: Group
    joint_kills: int = Field(description="Killmails both are on.")
    opposed_kills: int = Field(description="Killmails of either's losses that the other is on.")
    weight: Ratio = Field(description="joint_kills / the kills of whoever has fewer, 0-1.")


class AllyList(Listing[Ally]):
    """A page of a group's allies, those with most killmails together first."""

    group: Group
    window: DayWindow


class CoalitionMember(Answer):
    """A group in a coalition."""

    group: Group
    kills: int
    losses: int
    isk_destroyed: Isk
    isk_lost: Isk
    efficiency: Ratio | None = Field(description="isk_destroyed / both, 0-1; null where nothing had a value.")


class Coalition(Answer):
    """Groups that shoot together and not at each other."""

    id: int = Field(description="The id of the group that gives it its name.")
    name: str | None
    groups: int
    losses: int = Field(description="Killmails of its groups' losses.")
    isk_destroyed: Isk
    isk_lost: Isk
    efficiency: Ratio | None = Field(description="isk_destroyed / both, 0-1; null where nothing had a value.")
    least_weight: Ratio = Field(description="How much of their kills the loosest pair of those joined shares, 0-1.")
    members: list[CoalitionMember] = Field(description="Those that destroyed most ISK, at most ten.")


class CoalitionList(Listing[Coalition]):
    """A page of coalitions, those that destroyed most ISK first."""

    window: DayWindow


class CoalitionMemberList(Listing[CoalitionMember]):
    """A page of a coalition's groups, those that destroyed most ISK first."""

    coalition: Named
    window: DayWindow


class CampaignSide(Answer):
    """One side of a campaign: figures are those of the whole sides it led in the battles."""

    group: Group
    ships_lost: int
    isk_destroyed: Isk
    isk_lost: Isk


class Campaign(Answer):
    """Battles between the same two groups on more than one day, none more than 8 days after the one before."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CAMPAIGN]})

    id: UUID
    side: CampaignSide
    opponent: CampaignSide
    first_battle_at: datetime
    last_battle_at: datetime = Field(description="End of the last battle.")
    battles: int
    battle_days: int = Field(description="Days with battles.")
    killmails: int
    isk_total: Isk = Field(description="What both sides lost together.")
    leading_group_id: int | None = Field(description="Whose side destroyed more ISK; null when equal.")
    systems: int = Field(description="Solar systems with battles.")
    main_system: Named = Field(description="Where most battles were.")
    region: Named | None = Field(description="The main system's.")


class CampaignList(Listing[Campaign]):
    """A page of campaigns."""


class CampaignBattle(Answer):
    """A battle of a campaign."""

    battle_id: UUID
    kind: Kind
    started_at: datetime
    ended_at: datetime
    system: Named
    region: Named | None
    total_killmails: int
    side: CampaignSide
    opponent: CampaignSide


class CampaignBattleList(Listing[CampaignBattle]):
    """A page of a campaign's battles, in the order they happened."""

    campaign: Campaign
