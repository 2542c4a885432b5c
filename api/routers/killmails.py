"""One killmail, and the battle it is in."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from api import problems
from api.deps import ReadConnection
from api.links import esi_killmail_url, zkillboard_kill_url
from api.queries import killmails as queries
from api.routers.battles import victim_of
from api.schemas.fields import Id, SolarSystem
from api.schemas.killmails import Killmail, KillmailBattle, Zkb

router = APIRouter(prefix="/api/killmails", tags=["killmails"])


@router.get(
    "/{killmail_id}",
    summary="One killmail",
    responses=problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def get_killmail(
    connection: ReadConnection,
    killmail_id: Annotated[Id, Path(description="CCP's id of a killmail.", examples=[132000002])],
) -> Killmail:
    """A killmail as it is stored: victim, worth, the battle that holds it, and what zKillboard says of it."""
    row = await queries.killmail(connection, killmail_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Killmail {killmail_id} is not stored.")
    battle = await queries.battle_of(connection, killmail_id, row["killmail_time"])
    return Killmail(
        killmail_id=killmail_id,
        killmail_time=row["killmail_time"],
        system=SolarSystem(
            id=row["solar_system_id"], name=row["solar_system_name"], security_status=row["security_status"]
        ),
        victim=victim_of(row),
        damage_taken=row["damage_taken"],
        attackers=row["attacker_count"],
        isk_destroyed=row["destroyed_isk"],
        isk_dropped=row["dropped_isk"],
        isk_total=row["total_isk"],
        battle=battle and KillmailBattle(id=battle["battle_id"], slug=battle["slug"], kind=battle["kind"]),
        zkb=None
        if row["zkb_total_isk"] is None
        else Zkb(
            isk_total=row["zkb_total_isk"],
            points=row["zkb_points"],
            npc=row["zkb_npc"],
            solo=row["zkb_solo"],
            awox=row["zkb_awox"],
            labels=row["zkb_labels"],
        ),
        zkillboard_url=zkillboard_kill_url(killmail_id),
        esi_url=esi_killmail_url(killmail_id, row["killmail_hash"]),
    )
