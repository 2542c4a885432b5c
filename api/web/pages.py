"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import (
    about,
    battles,
    conflict_alert,
    dashboard,
    downloads,
    entities,
    intel,
    item_types,
    killmails,
    maps,
    methods,
    route,
    search,
)

router = APIRouter(include_in_schema=False)
for subject in (
    dashboard, battles, downloads, maps, intel, route, conflict_alert, entities, item_types, killmails, search, about,
    methods,
):  # fmt: skip
    router.include_router(subject.router)
