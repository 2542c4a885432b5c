"""Losses, recomputed from the mails."""

import pandas as pd

from tests.marts.conftest import Frames, Query

KEY = ["day", "solar_system_id", "ship_type_id"]


def test_ships_lost_equal_the_mails(frames: Frames, query: Query) -> None:
    expected = (
        frames.killmails.rename(columns={"victim_ship_type_id": "ship_type_id"})
        .groupby(KEY, as_index=False)
        .agg(
            ships_lost=("killmail_id", "size"),
            npc_losses=("is_player_kill", lambda flags: (~flags).sum()),
            destroyed_isk=("destroyed_isk", "sum"),
            dropped_isk=("dropped_isk", "sum"),
        )
    )
    columns = ", ".join(expected.columns)
    found = query(f"select {columns} from marts.fct_ship_losses order by {', '.join(KEY)}")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert len(found) > 100
