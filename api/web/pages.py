"""All pages as one router; what a page shows belongs to the module of its subject."""

from fastapi import APIRouter

from api.web import about, battles, dashboard, downloads

router = APIRouter(include_in_schema=False)
for subject in (dashboard, battles, downloads, about):
    router.include_router(subject.router)
