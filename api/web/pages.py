"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import about, battles, dashboard, downloads, maps

router = APIRouter(include_in_schema=False)
for subject in (dashboard, battles, downloads, maps, about):
    router.include_router(subject.router)
