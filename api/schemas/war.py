"""Parameters and answers of the war routes."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import SORT, Answer, Cursor, DayWindow, Isk, Limit, Named, Parameters, Ship
from api.schemas.lists import Listing


class LossType(StrEnum):
    """What was lost."""

    SHIPS = "ships"


class LossSort(StrEnum):
    """Sorts of losses; `-` runs from the largest. Ties run by type id, the same way."""

    QUANTITY = "quantity"
    QUANTITY_DOWN = "-quantity"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"


class LossParameters(Parameters):
    """Over how many days, what, in which order, how many."""

    days: Annotated[int, Field(ge=1, le=366)] = Field(7, description="Length of the window in UTC days.")
    type: LossType = Field(LossType.SHIPS, description="What was lost.")
    sort: LossSort = Field(LossSort.QUANTITY_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class ShipLoss(Answer):
    """How many of a type of ship were lost."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SHIP_LOSS]})

    ship: Ship
    quantity: int
    npc_quantity: int = Field(description="Of these, lost to NPCs alone.")
    isk_destroyed: Isk
    isk_dropped: Isk
    quantity_before: int = Field(description="Lost in the window before.")
    trend: float | None = Field(description="quantity / quantity_before; null where none was lost before.")


class LossList(Listing[ShipLoss]):
    """A page of what was lost in a region."""

    region: Named
    window: DayWindow = Field(description="Ends with the newest day stored.")
    window_before: DayWindow = Field(description="As long, and ends where `window` starts.")
