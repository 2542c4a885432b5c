"""Indexes by which names are found: by how they begin, and by how any of their words begins.

Collation C makes one index serve both a prefix and the order; words are cut at everything but letters and digits, as a
query is.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

NAMED = {
    "app.entity_names": "entity_name",
    "core.solar_systems": "solar_system_name",
    "core.regions": "region_name",
    "core.types": "type_name",
}


def upgrade() -> None:
    """Creates the indexes."""
    for table, column in NAMED.items():
        op.execute(f'create index on {table} ((lower({column}) collate "C"))')
        op.execute(
            f"create index on {table} using gin "
            f"(to_tsvector('simple', regexp_replace(lower({column}), '[^[:alnum:]]+', ' ', 'g')))"
        )
