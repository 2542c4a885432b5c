"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import (
    about,
    battles,
    conflicts,
    dashboard,
    demand,
    doctrines,
    downloads,
    faction_warfare,
    hours,
    losses,
    production,
    timers,
)

WAR_ROOM = (losses, demand, timers, faction_warfare, doctrines, conflicts, hours, production)

router = APIRouter(include_in_schema=False)
for subject in (dashboard, battles, downloads, *WAR_ROOM, about):
    router.include_router(subject.router)
