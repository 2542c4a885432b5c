"""The OpenAPI document as it was last reviewed; `make openapi` (this module as a program) writes it anew."""

import json
from pathlib import Path

from api.app import create_app
from battlescope_assets.settings import Settings

SNAPSHOT = Path(__file__).parent / "openapi.json"


def document() -> str:
    """The document the application serves, readable."""
    app = create_app(Settings(), "postgresql:///nowhere")  # describing itself needs no database
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(document(), encoding="utf-8")
