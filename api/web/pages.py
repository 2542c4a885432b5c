"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import about, battles, conflict_alert, dashboard, downloads, intel, maps, route

router = APIRouter(include_in_schema=False)
for subject in (dashboard, battles, downloads, maps, intel, route, conflict_alert, about):
    router.include_router(subject.router)
