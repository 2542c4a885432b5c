"""Parameters and answers of the search."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas import examples
from api.schemas.fields import Answer, Count, Limit, Parameters
from api.schemas.lists import Listing


class EntryKind(StrEnum):
    """What can be found."""

    ALLIANCE = "alliance"
    CORPORATION = "corporation"
    CHARACTER = "character"
    SYSTEM = "system"
    REGION = "region"
    SHIP_TYPE = "ship_type"
    BATTLE = "battle"


SearchText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=100),
    Field(
        description="The beginning of a name, or of its words, in any case; of battles, system, day or slug.",
        examples=["1dq"],
        json_schema_extra={"pattern": r"\S\s*\S"},  # two characters at least, not counting space around them
    ),
]


class AutocompleteParameters(Parameters):
    """What was typed so far."""

    q: SearchText
    type: list[EntryKind] = Field(default=list(EntryKind), description="Only these kinds; repeat it for several.")


class SearchParameters(AutocompleteParameters):
    """What is searched for."""

    limit: Limit = 50


class SearchEntry(Answer):
    """Something with a name."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH_ENTRY]})

    type: EntryKind
    id: int | UUID = Field(description="Its id among those of its type; a battle's is a UUID.")
    name: str = Field(description="A battle's is its system and when it began, UTC.")
    context: str | None = Field(
        description="A system's region, a ship's group, a battle's kind and size; null for others.", examples=["Delve"]
    )


class SearchList(Listing[SearchEntry]):
    """The best matches; there is no next page, a longer text finds what is missing."""

    facets: dict[EntryKind, Count] = Field(
        description="Matches by type, whatever `type` asked for; at most 10,000 names in all, and 1,000 battles."
    )
    are_alike: bool = Field(description="Nothing has such a name: these are spelled much like it.")
