"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import (
    about,
    battles,
    conflict_alert,
    conflicts,
    dashboard,
    demand,
    doctrines,
    downloads,
    entities,
    faction_warfare,
    hours,
    intel,
    item_types,
    killmails,
    losses,
    maps,
    methods,
    production,
    route,
    search,
    timers,
)

WAR_ROOM = (maps, losses, demand, timers, faction_warfare, doctrines, conflicts, hours, production)
PEOPLE_AND_THINGS = (entities, item_types, killmails)

router = APIRouter(include_in_schema=False)
for subject in (
    dashboard, battles, downloads, *WAR_ROOM, intel, route, conflict_alert, *PEOPLE_AND_THINGS, search, about, methods,
):  # fmt: skip
    router.include_router(subject.router)
