"""The project's documents as pages: how the numbers are made and what they mean; what they say stands in `docs/`."""

import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request, Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from api.web.rendering import PageRoute, render

router = APIRouter(include_in_schema=False, route_class=PageRoute)

DOCUMENTS = Path(__file__).parent / "documents"
"""In the repository a link to `docs/`; a wheel has the files themselves (`package-data` in pyproject.toml)."""


class Document(NamedTuple):
    """A document, ready to be shown."""

    name: str
    title: str
    summary: str
    """The first paragraph, as text."""
    contents: list[tuple[str, str]]
    """The sections: id and title of each."""
    html: Markup


@router.get("/methods")
def list_documents(request: Request) -> Response:
    """All documents, by their titles."""
    documents = [_document(path.stem) for path in DOCUMENTS.glob("*.md")]
    return render(request, "methods.html", documents=sorted(documents, key=lambda document: document.title.lower()))


@router.get("/methods/{name}")
def show_document(request: Request, name: str) -> Response:
    """One document."""
    if name not in {path.stem for path in DOCUMENTS.glob("*.md")}:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no document {name}; /methods lists all.")
    return render(request, "document.html", document=_document(name))


@cache
def _document(name: str) -> Document:
    """Documents are part of a release: each is read once."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((DOCUMENTS / f"{name}.md").read_text(encoding="utf-8"))
    headings = [(token, tokens[place + 1]) for place, token in enumerate(tokens) if token.type == "heading_open"]
    for heading, inline in headings:
        heading.attrSet("id", _anchor(_text(inline)))
    for token in tokens:
        for each in (token, *(token.children or ())):
            _suit_the_page(each)
    summary = next(tokens[place + 1] for place, token in enumerate(tokens) if token.type == "paragraph_open")
    return Document(
        name=name,
        title=next((_text(inline) for heading, inline in headings if heading.tag == "h1"), name),
        summary=_text(summary),
        contents=[(_anchor(_text(inline)), _text(inline)) for heading, inline in headings if heading.tag == "h2"],
        html=Markup(_boxed(markdown.renderer.render(tokens, markdown.options, {}))),  # noqa: S704  # escaped: no HTML
    )


def _suit_the_page(token: Token) -> None:
    """Links between documents lead to their pages; columns are aligned by a class, since the policy forbids styles."""
    if token.type == "link_open":
        href = re.sub(r"^([\w-]+)\.md(?=#|$)", r"/methods/\1", str(token.attrGet("href")))
        token.attrSet("href", href)
        if "://" in href:
            token.attrSet("rel", "noopener external")
    if token.attrs.pop("style", None) == "text-align:right":
        token.attrSet("class", "number")


def _boxed(html: str) -> str:
    """Tables scroll inside a box, as everywhere."""
    box = '<div class="table-box" role="region" aria-label="Table" tabindex="0"><table class="table">'
    return html.replace("<table>", box).replace("</table>", "</table></div>")


def _text(inline: Token) -> str:
    return re.sub(r"\s+", " ", "".join(child.content or " " for child in inline.children or () if not child.nesting))


def _anchor(title: str) -> str:
    """The id of a section, as code hosts make it, so that links work in both places."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
