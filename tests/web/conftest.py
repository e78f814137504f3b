"""A tax pipeline with jobs, and a browser without JavaScript that is signed in as the owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from clearstage.firm.models import Member
from tests.jobs.conftest import ada, make_job, make_pipeline, tax, to

__all__ = ["ada", "make_job", "make_pipeline", "signed_in", "tax", "to", "web"]


@pytest.fixture
def signed_in(db: None) -> Callable[[Member], Client]:
    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def web(owner: Any, signed_in: Callable[[Member], Client]) -> Client:
    """The owner's browser."""
    return signed_in(owner)
