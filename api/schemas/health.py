"""Answers of the health routes."""

from typing import Literal

from api.schemas.fields import Answer


class Health(Answer):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Answer):
    """The database answers and holds every mart the API reads."""

    status: Literal["ready"]
