"""What `workspace.yaml` loads; the assembly is in build.py."""

from battlescope_assets.build import build_definitions
from battlescope_assets.settings import Settings

defs = build_definitions(Settings())
