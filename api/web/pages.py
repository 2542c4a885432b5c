"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import about, battles, dashboard, downloads, entities, item_types, killmails, methods, search

router = APIRouter(include_in_schema=False)
for subject in (dashboard, battles, downloads, entities, item_types, killmails, search, about, methods):
    router.include_router(subject.router)
