"""Parameters and answers of the loss routes."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import (
    SORT,
    Answer,
    Cursor,
    DayWindow,
    Isk,
    ItemType,
    Limit,
    Named,
    Parameters,
    Ratio,
    SmallId,
    SolarSystem,
)
from api.schemas.lists import Listing


class LossType(StrEnum):
    """What was lost: the ships (capsules, structures and deployables among them), or what was on them."""

    SHIPS = "ships"
    ITEMS = "items"


class LossSort(StrEnum):
    """Sorts of losses; `-` runs from the largest. Ties run by type id, the same way."""

    QUANTITY = "quantity"
    QUANTITY_DOWN = "-quantity"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"
    ISK_DROPPED = "isk_dropped"
    ISK_DROPPED_DOWN = "-isk_dropped"


class LossParameters(Parameters):
    """Over how many days, what, in which order, how many."""

    days: Annotated[int, Field(ge=1, le=366)] = Field(7, description="Length of the window in UTC days.")
    type: LossType = Field(LossType.SHIPS, description="What was lost.")
    group_id: SmallId | None = Field(None, description="Only types of this group.", examples=[27])
    category_id: SmallId | None = Field(
        None, description="Only types of this category; 6 is ships, capsules included.", examples=[6]
    )
    sort: LossSort = Field(LossSort.QUANTITY_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class TypeLoss(Answer):
    """What was lost of a type in a window, beside the window of the same length before it."""

    type: ItemType
    quantity: int = Field(description="Ships lost, or items destroyed.")
    quantity_before: int | None = Field(
        description="The same in the window before; null unless each day of both windows is stored."
    )
    trend: Ratio | None = Field(
        description="quantity / quantity_before, which counts as 1 at least; null where quantity_before is."
    )
    isk_destroyed: Isk = Field(description="Of ships, with everything on them.")
    isk_dropped: Isk = Field(description="What was left in wrecks; of ships, everything on them that was.")


class Loss(TypeLoss):
    """What was lost of a type in a region or system."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LOSS]})

    npc_quantity: int | None = Field(description="Of these ships, lost to NPCs alone; null of items, not counted so.")
    quantity_dropped: int | None = Field(description="Items left in wrecks besides; null of ships.")


class LossList(Listing[Loss]):
    """A page of what was lost."""

    window: DayWindow = Field(description="Ends with the newest day stored.")
    window_before: DayWindow = Field(description="As long, and ends where `window` starts.")


class RegionLossList(LossList):
    """A page of what was lost in a region."""

    region: Named


class SystemLossList(LossList):
    """A page of what was lost in a solar system."""

    system: SolarSystem
    region: Named
