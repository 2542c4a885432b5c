"""A killmail feed in a folder, in R2Z2's layout: the real documents, or documents made of mails."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from battlescope_assets.upstream.catalogue import Catalogue, Document
from battlescope_assets.upstream.clock import utc_now

REAL = Path(__file__).parents[2] / "shared" / "data" / "r2z2" / "ephemeral"
FIRST = 1_000

needs_real_documents = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real feed documents are not here (../shared/data/r2z2)"
)


def real_documents() -> list[dict[str, Any]]:
    """The 50 real documents, in their order."""
    numbers = sorted(int(file.stem) for file in REAL.glob("*.json") if file.stem.isdecimal())
    return [json.loads((REAL / f"{number}.json").read_text()) for number in numbers]


def document_of(mail: dict[str, Any], uploaded_at: int, **changes: Any) -> dict[str, Any]:
    """A document with a mail in ESI's form, as zKillboard makes it."""
    hash_of_mail = mail.get("killmail_hash") or f"{mail['killmail_id']:040x}"
    zkb = {"hash": hash_of_mail, "totalValue": 1.5, "points": 1, "npc": False, "solo": False, "awox": False}
    return {
        "killmail_id": mail["killmail_id"],
        "hash": hash_of_mail,
        "esi": {key: value for key, value in mail.items() if key != "killmail_hash"},
        "zkb": zkb,
        "uploaded_at": uploaded_at,
    } | changes


def publish(folder: Path, documents: Sequence[dict[str, Any] | None], first: int = FIRST) -> None:
    """Numbers the documents from `first` on; None leaves its number out."""
    ephemeral = folder / "ephemeral"
    ephemeral.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents, first):
        if document is not None:
            (ephemeral / f"{number}.json").write_text(json.dumps(document | {"sequence_id": number}))
    (ephemeral / "sequence.json").write_text(json.dumps({"sequence": first + len(documents) - 1}))


class PublishedFolder(Catalogue):
    """What the local upstream has where it has nothing but such a folder."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = utc_now, folder

    def document(self, path: str) -> Document | None:
        file = self.folder / path
        if not file.is_file():
            return None
        written, body = datetime.fromtimestamp(file.stat().st_mtime, UTC), file.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        return Document(lambda: body, "application/json", written, etag, {"Cache-Control": "no-cache"})
