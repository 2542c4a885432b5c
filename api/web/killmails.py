"""The page of a killmail, with its attackers and items once somebody asked for them."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.deps import AppPool, ReadConnection
from api.queries.battles import link_of
from api.queries.names import entity_names
from api.revision import OF_THE_MOMENT, CurrentDataStatus
from api.routers.killmails import KillmailId, get_killmail, request_enrichment
from api.schemas.killmails import EnrichmentStatus
from api.web.battles import why
from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ONGOING = {EnrichmentStatus.PENDING, EnrichmentStatus.PROCESSING}


@router.get("/killmails/{killmail_id}")
async def show_killmail(
    request: Request, connection: ReadConnection, killmail_id: KillmailId, data_status: CurrentDataStatus
) -> Response:
    """A killmail: who lost what, where, the battle it is in and why."""
    mail = await get_killmail(connection, killmail_id, data_status)
    link = mail.battle and await link_of(connection, mail.battle.id, killmail_id)
    names = await entity_names(connection, link["link_entity_ids"] or []) if link else {}
    details = mail.enrichment and mail.enrichment.payload
    page = render(
        request,
        "killmail.html",
        mail=mail,
        link=link,
        why=why(link["link_evidence"], link["link_entity_ids"], names) if link else None,
        is_ongoing=mail.enrichment is not None and mail.enrichment.status in ONGOING,
        damage=sum(attacker.damage_done for attacker in details.attackers) if details else 0,
    )
    if not details:  # whoever asks for them and comes back must not be shown the page from before
        page.headers["Cache-Control"] = OF_THE_MOMENT
    return page


@router.post("/killmails/{killmail_id}/enrichment")
async def ask_for_details(request: Request, pool: AppPool, killmail_id: KillmailId, response: Response) -> Response:
    """Asks for attackers and items, and leads back to the page, which says how that fares."""
    await request_enrichment(request, pool, killmail_id, response)
    return RedirectResponse(f"/killmails/{killmail_id}#details", HTTPStatus.SEE_OTHER)
