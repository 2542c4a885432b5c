"""Deletes from the warehouse what has been kept long enough; when and how long belongs elsewhere."""

from datetime import datetime

from battlescope_assets.io.warehouse import Connection


def prune_refusals(connection: Connection, before: datetime) -> int:
    """Deletes rows of snapshots and documents of the feed that were refused before a moment; returns how many.

    Refused mails of archives stay as long as their days, whose completeness they are part of.
    """
    rows = connection.execute(
        """
        delete from raw.quarantined_rows as refused
        using raw.snapshots as answer
        where answer.source = refused.source and answer.as_of = refused.as_of and answer.stored_at < %s
        """,
        [before],
    ).rowcount
    documents = connection.execute("delete from raw.feed_rejections where read_at < %s", [before]).rowcount
    return rows + documents
