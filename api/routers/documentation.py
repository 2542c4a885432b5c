"""What documents the running system: the API reference and the dbt docs site."""

from functools import lru_cache
from http import HTTPStatus

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse
from markupsafe import Markup

from api.deps import AppSettings
from api.web.rendering import render, templates

router = APIRouter(include_in_schema=False)

DBT_DOCS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; connect-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""dbt's site is one file with its script, style and data inside it, and its template engine evaluates strings."""


@router.get("/docs")
async def show_reference(request: Request) -> Response:
    """The API reference, rendered from the OpenAPI document without any script."""
    return render(request, "reference.html", operations=_operations(request.app))


@lru_cache(maxsize=1)
def _operations(app: FastAPI) -> Markup:
    return Markup(templates.get_template("operations.html").render(document=app.openapi()))  # noqa: S704  # of our own


@router.get("/dbt-docs")
async def show_dbt_docs(settings: AppSettings) -> FileResponse:
    """The dbt docs site, as the asset `app/dbt_docs` generated it."""
    site = settings.home / "dbt" / "target" / "static_index.html"
    if not site.is_file():
        raise HTTPException(
            HTTPStatus.NOT_FOUND, "The dbt docs are not generated yet: materialise the asset app/dbt_docs."
        )
    return FileResponse(site, headers={"Content-Security-Policy": DBT_DOCS_POLICY, "Cache-Control": "no-cache"})
