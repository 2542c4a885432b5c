"""Named things as the marts' rows hold them, in columns side by side; whole answers belong to the routes."""

from typing import Any

from api.schemas.fields import ItemType, Named


def named(row: dict[str, Any], what: str) -> Named | None:
    """What the columns `<what>_id` and `<what>_name` hold; None where there is no id."""
    return Named.of(row[f"{what}_id"], row[f"{what}_name"])


def item_type(row: dict[str, Any]) -> ItemType:
    """The type in the columns of `marts.dim_types`."""
    return ItemType(
        id=row["type_id"], name=row["type_name"], group=named(row, "group"), category=named(row, "category")
    )
