"""The shared truth, where it is."""

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

from battlescope_assets.domain.universe import StaticData
from battlescope_assets.evaluation.profiles import SHARED_TRUTH, Profile, shared_profile
from battlescope_assets.evaluation.reconstruction import answer
from battlescope_assets.evaluation.scoring import Answer
from battlescope_assets.io.static_data import read_snapshot

ABSENT = f"no shared truth at {SHARED_TRUTH}: only the simulator's own wars can be scored"


@pytest.fixture(scope="session")
def static_data() -> StaticData:
    return read_snapshot()


@pytest.fixture(scope="session")
def shared() -> Profile:
    if not SHARED_TRUTH.is_dir():
        pytest.skip(ABSENT)
    return shared_profile(SHARED_TRUTH)


@pytest.fixture(scope="session")
def our_answer(shared: Profile, static_data: StaticData) -> Answer:
    return answer(shared.mails, static_data)


@pytest.fixture(scope="session")
def shared_scorer() -> Callable[..., dict[str, Any]]:
    """`score(truth, clusters, sides)` over files, as the shared truth's author wrote it."""
    file = SHARED_TRUTH / "score.py"
    if not file.is_file():
        pytest.skip(ABSENT)
    spec = importlib.util.spec_from_file_location("shared_score", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    scorer: Callable[..., dict[str, Any]] = module.score
    return scorer
