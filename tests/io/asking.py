"""What a process of its own does in tests; imports little, so that it starts soon."""

from battlescope_assets.io.sources import Source


def ask_for(source: Source, paths: list[str]) -> list[bool]:
    """Which of the documents came."""
    return [source.get(path) is not None for path in paths]
