"""How long the pages and the API take, through the whole stack of middleware, without the network."""

from __future__ import annotations

import json
import secrets
import time
from statistics import median
from typing import Any

from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Account
from clearstage.clients.operations.signing_in import set_contact_password
from clearstage.firm.models import Member
from clearstage.firm.operations.tokens import create_token
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.kernel.actor import the_firm
from clearstage.kernel.ids import public_id

from .firm import BOARDS, Scene

TIMES = 15


def measure(scene: Scene) -> dict[str, float]:
    member = Member.objects.get()
    firm = Client()
    firm.force_login(member)
    found = {
        f"board_ms_{count}": _milliseconds(firm, reverse("board", args=[scene.boards[count].pk]))
        for count in BOARDS
    }
    found["board_20000_over_200"] = found["board_ms_20000"] / found["board_ms_200"]
    found["portal_home_ms"] = _portal(scene)
    found["api_move_ms"] = _api(scene, member)
    return found


def _milliseconds(client: Client, address: str) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        response = client.get(address)
        taken.append(time.perf_counter() - begun)
        assert response.status_code == 200, (address, response.status_code)
    return median(taken) * 1000


def _portal(scene: Scene) -> float:
    account = scene.accounts[-1]
    while Account.objects.get(pk=account).jobs.count() < 40:
        add_jobs(scene.actor, NewJobs([account], scene.pipeline.pk))
    contact = Account.objects.get(pk=account).contacts.get()
    password = secrets.token_urlsafe(16)
    set_contact_password(the_firm(via="bench"), contact.pk, password)
    client = Client()
    client.post("/portal/sign-in/", {"email": contact.email, "password": password})
    return _milliseconds(client, "/portal/")


def _api(scene: Scene, member: Member) -> float:
    token = create_token(member, "write", "bench")
    stages = scene.pipeline.stages
    there, back = stages.get(name="Preparation").pk, stages.get(name="Documents").pk
    taken = []
    for number, job in enumerate(scene.singles[:60]):
        begun = time.perf_counter()
        _post(job, back if number % 2 else there, token)
        taken.append(time.perf_counter() - begun)
    return median(taken) * 1000


def _post(job: int, stage: int, token: str) -> None:
    response: Any = Client().post(
        f"/api/v1/jobs/{public_id('job', job)}/move",
        json.dumps({"stage": public_id("stage", stage)}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code == 200, response.content
