"""The vocabulary of parameters and answers: ids, moments, ISK, named things; no whole answer belongs here."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema


class Parameters(BaseModel):
    """Query parameters of a route; an unknown one is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """A part of an answer: every field is always there."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _moment(value: Any) -> Any:
    """ISO 8601 only (pydantic would also take a number of seconds); EVE time is UTC, so no offset means UTC."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = "Input should be an ISO 8601 date or time, like 2026-01-31 or 2026-01-31T18:30:00Z"
        raise ValueError(message) from error


def _day(value: Any) -> Any:
    """ISO 8601 only, as above."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        message = "Input should be an ISO 8601 date, like 2026-01-31"
        raise ValueError(message) from error


def _whole(value: Any) -> Any:
    return round(value) if isinstance(value, Decimal) else value


def _three_decimals(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment asked for; a date is its midnight UTC."""

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A UTC day asked for."""

Isk = Annotated[int, BeforeValidator(_whole)]
"""Whole ISK."""

Ratio = Annotated[float, BeforeValidator(_three_decimals)]
"""A share, trend, score or the like, to three decimals."""

SmallId = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""An id of the static data: region, solar system, type."""

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""An id players' things have: character, corporation, alliance, killmail."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]

SORT = "`-` runs from the largest or newest; ties run by id, the same way."
Limit = Annotated[int, Field(ge=1, le=100, description="Most items in an answer.")]
Cursor = Annotated[
    str | None,
    Field(max_length=512, description="`next_cursor` of the page before, with the same filters and sort."),
]


class Named(Answer):
    """Something of EVE's with its id."""

    id: int
    name: str | None = Field(description="null where the name is not known.")

    @classmethod
    def of(cls, named_id: int | None, name: str | None) -> "Named | None":
        """What has this id; None where there is no id."""
        return None if named_id is None else cls(id=named_id, name=name)


class SolarSystem(Answer):
    """A solar system."""

    id: int = Field(examples=[30004759])
    name: str | None = Field(description="null where the static data has no such system.", examples=["1DQ1-A"])
    security_status: float | None = Field(description="True security, unrounded.", examples=[-0.38527])


class TradeHub(Answer):
    """The trade hub nearest by stargates."""

    system: Named
    jumps: int = Field(description="Fewest stargate jumps to it; 0 in the hub itself.")

    @classmethod
    def of(cls, row: dict[str, Any]) -> "TradeHub | None":
        """That of a row with `hub_solar_system_id`, `hub_solar_system_name` and `hub_jumps`; None where it has none."""
        if row["hub_solar_system_id"] is None:
            return None
        hub = Named(id=row["hub_solar_system_id"], name=row["hub_solar_system_name"])
        return cls(system=hub, jumps=row["hub_jumps"])


class Ship(Answer):
    """A type of ship (or structure, deployable, drone: whatever a killmail's victim can be)."""

    id: int = Field(examples=[24690])
    name: str | None = Field(description="null where the static data has no such type.", examples=["Hyperion"])
    group: str | None = Field(description="The type's group.", examples=["Battleship"])


class ItemType(Answer):
    """A type of item: hull, module, charge, drone, structure, whatever can be lost or sold."""

    id: int = Field(examples=[24690])
    name: str | None = Field(description="null where the static data has no such type.", examples=["Hyperion"])
    group: Named | None = Field(description="Like Battleship; null where the static data has no such type.")
    category: Named | None = Field(description="Like Ship; null where the static data has no such type.")


class Group(Named):
    """Who fights as one: an alliance, else a player corporation, else a pilot."""

    kind: str = Field(
        description="`alliance`, `corporation`, `character`, `pilots` (all without either) or `npcs`.",
        examples=["alliance"],
    )


class DayWindow(Answer):
    """Whole UTC days, from `start` up to and without `end`."""

    start: datetime
    end: datetime
    days_stored: int = Field(description="Days of the window whose killmails are stored; fewer than asked = a gap.")
