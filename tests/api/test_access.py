"""Every route × every kind of caller. A route without a row here fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from clearstage.api.auth import READING
from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.firm.models import Remembered
from clearstage.jobs.models import Job
from clearstage.requests.models import ClientRequest
from clearstage.work.models import Task

from .caller import ROUTES, Answer, Caller, Route
from .conftest import YAML


@dataclass(frozen=True)
class Row:
    """How a route is called, and what comes of it: for a member who sees nothing, and for the owner."""

    nothing: int
    owner: int
    body: Any = None
    raw: str | None = None
    form: Mapping[str, str] | None = None
    query: str = ""
    public: bool = False

    @property
    def content_type(self) -> str:
        if self.form is not None:
            return MULTIPART_CONTENT
        return YAML if self.raw is not None else "application/json"


EMPTY = 200  # a list, with nothing in it
LISTS_OF_CLIENTS = {
    "GET /accounts",
    "GET /files",
    "GET /jobs",
    "GET /items",
    "GET /events",
    "GET /deliveries",
    "GET /pipelines",
    "GET /inbox",
}

ROWS: dict[str, Row] = {
    "GET /accounts": Row(EMPTY, 200),
    "POST /accounts": Row(403, 201, {"name": "New client"}),
    "GET /accounts/{account}": Row(404, 200),
    "PATCH /accounts/{account}": Row(404, 200, {"name": "Renamed"}),
    "GET /accounts/{account}/portal": Row(404, 200),
    "POST /contacts/{contact}/invite": Row(404, 200),
    "PUT /accounts/{account}/follow": Row(404, 204),
    "DELETE /accounts/{account}/follow": Row(404, 204),
    "GET /contacts/{contact}": Row(404, 200),
    "PATCH /contacts/{contact}": Row(404, 200, {"notices": "daily"}),
    "GET /inbox": Row(EMPTY, 200),
    "PATCH /inbox/{entry}": Row(404, 200, {"done": True}),
    "GET /firm": Row(200, 200),
    "PATCH /firm": Row(403, 200, {"quiet_from": "21:00"}),
    "GET /tags": Row(200, 200),
    "POST /tags": Row(403, 201, {"name": "New tag"}),
    "PATCH /tags/{tag}": Row(403, 200, {"color": "red"}),
    "DELETE /tags/{tag}": Row(403, 204),
    "GET /client-statuses": Row(200, 200),
    "POST /client-statuses": Row(403, 201, {"name": "New status", "turn": "firm"}),
    "PATCH /client-statuses/{status}": Row(403, 200, {"turn": "agency"}),
    "DELETE /client-statuses/{status}": Row(403, 204),
    "GET /pipelines": Row(EMPTY, 200),
    "PUT /pipelines": Row(403, 200, raw="pipeline: New pipeline\nstages: [{stage: Only}]\n"),
    "GET /pipelines/{pipeline}": Row(404, 200),
    "PATCH /pipelines/{pipeline}": Row(404, 200, {"name": "Renamed"}),
    "GET /pipelines/{pipeline}/document": Row(404, 200),
    "GET /pipelines/{pipeline}/board": Row(404, 200),
    "GET /pipelines/{pipeline}/revisions": Row(404, 200),
    "POST /pipelines/{pipeline}/try": Row(404, 200, {"tags": []}),
    "GET /schemas/pipeline.json": Row(200, 200, public=True),
    "GET /templates": Row(200, 200),
    "POST /templates": Row(403, 201, {"kind": "task", "name": "New template", "body": {"title": "Do it"}}),
    "GET /templates/{template}": Row(200, 200),
    "PATCH /templates/{template}": Row(403, 200, {"name": "Renamed"}),
    "DELETE /templates/{template}": Row(403, 204),
    "POST /jobs/move": Row(EMPTY, 200, {"jobs": ["{job}"], "stage": "End"}),
    "POST /jobs/{job}/move": Row(404, 200, {"stage": "End"}),
    "POST /jobs/status": Row(EMPTY, 200, {"jobs": ["{job}"], "status": "Archived"}),
    "POST /jobs/{job}/status": Row(404, 200, {"status": "Parked"}),
    "POST /actions/{action}/undo": Row(404, 200),
    "GET /jobs": Row(EMPTY, 200),
    "POST /jobs": Row(422, 201, {"accounts": ["{account}"], "pipeline": "Closed pipeline"}),
    "GET /jobs/{job}": Row(404, 200),
    "PATCH /jobs/{job}": Row(404, 200, {"priority": "urgent"}),
    "GET /items": Row(EMPTY, 200),
    "GET /items/{item}": Row(404, 200),
    "POST /jobs/{job}/items": Row(404, 201, {"kind": "task", "title": "By hand"}),
    "POST /jobs/{job}/links": Row(404, 200, {"item": "{item}"}),
    "DELETE /jobs/{job}/links/{item}": Row(404, 200),
    "PATCH /tasks/{task}": Row(404, 200, {"title": "Renamed"}),
    "POST /tasks/{task}/complete": Row(404, 200),
    "POST /tasks/{task}/cancel": Row(404, 200),
    "POST /tasks/{task}/reopen": Row(404, 200),
    "POST /accounts/{account}/chats": Row(404, 201, {"subject": "Hello", "text": "How are you?"}),
    "GET /chats/{chat}/messages": Row(404, 200),
    "POST /chats/{chat}/messages": Row(404, 201, {"text": "Hello"}),
    "POST /chats/{chat}/messages/{message}/withdraw": Row(404, 200),
    "POST /chats/{chat}/tasks": Row(404, 201, {"title": "Write back"}),
    "POST /chats/{chat}/tasks/{n}/tick": Row(404, 200),
    "POST /chats/{chat}/tasks/{n}/untick": Row(404, 200),
    "POST /chats/{chat}/close": Row(404, 200),
    "POST /chats/{chat}/reopen": Row(404, 200),
    "PATCH /organizers/{organizer}": Row(404, 200, {"due": "2026-04-15"}),
    "PATCH /organizers/{organizer}/answers": Row(404, 200, {"answers": {"name": "Ada"}}),
    "POST /organizers/{organizer}/submit": Row(404, 200, {"answers": {"name": "Ada"}}),
    "POST /organizers/{organizer}/unsubmit": Row(404, 200),
    "POST /organizers/{organizer}/archive": Row(404, 200),
    "POST /organizers/{organizer}/seal": Row(404, 409),
    "POST /requests/{client_request}/entries/{n}/submit": Row(404, 200, {"text": "For the client"}),
    "POST /requests/{client_request}/entries/{n}/accept": Row(404, 200),
    "POST /requests/{client_request}/entries/{n}/return": Row(404, 200, {"reason": "Too dark"}),
    "POST /requests/{client_request}/accept-all": Row(404, 200),
    "POST /requests/{client_request}/entries": Row(404, 201, {"title": "One more"}),
    "PATCH /requests/{client_request}": Row(404, 200, {"due": "2026-04-15"}),
    "PATCH /requests/{client_request}/entries/{n}": Row(404, 200, {"due": None}),
    "DELETE /requests/{client_request}/entries/{n}": Row(404, 200),
    "POST /requests/{client_request}/archive": Row(404, 200),
    "POST /requests/{client_request}/restore": Row(404, 200),
    "GET /jobs/{job}/comments": Row(404, 200),
    "POST /jobs/{job}/comments": Row(404, 201, {"text": "Look at this"}),
    "GET /accounts/{account}/notes": Row(404, 200),
    "POST /accounts/{account}/notes": Row(404, 201, {"text": "Call before noon"}),
    "GET /jobs/{job}/events": Row(404, 200),
    "GET /events": Row(EMPTY, 200),
    "GET /deliveries": Row(EMPTY, 200),
    "GET /files": Row(EMPTY, 200),
    "POST /files": Row(422, 201, form={"account": "{account}", "shared": "true"}),
    "GET /files/{file}": Row(404, 200),
    "GET /files/{file}/content": Row(404, 200),
    "DELETE /files/{file}": Row(404, 200),
    "POST /files/{file}/restore": Row(404, 200),
    "GET /members": Row(200, 200),
    "POST /members": Row(403, 201, {"email": "new@example.test", "name": "New member"}),
    "PATCH /members/{member}": Row(403, 200, {"name": "Renamed"}),
    "GET /health/live": Row(200, 200, public=True),
    "GET /health/ready": Row(200, 200, public=True),
}


def called(caller: Caller, route: Route, world: Mapping[str, str]) -> Answer:
    row = ROWS[route.name]
    raw = row.raw.encode() if row.raw is not None else None
    if row.form is not None:
        sent = SimpleUploadedFile("letter.txt", b"Dear client", "text/html")
        raw = encode_multipart(BOUNDARY, {**filled(dict(row.form), world), "file": sent})
    return caller.send(
        route.method,
        route.path.format(**world) + row.query,
        filled(row.body, world),
        raw=raw,
        content_type=row.content_type,
    )


def filled(body: Any, world: Mapping[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, world) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, world) for value in body]
    return body.format(**world) if isinstance(body, str) else body


def each_undone(routes: list[Route]) -> Iterator[Route]:
    """Every route in turn, each as if nothing had been called before."""
    for route in routes:
        with transaction.atomic():
            yield route
            transaction.set_rollback(True)


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Event, Job, Task, ClientRequest, Account, Remembered))  # type: ignore[attr-defined]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {route.name for route in ROUTES} == set(ROWS)


def test_no_two_routes_are_the_same_operation() -> None:
    names = [route.operation.operation_id for route in ROUTES]
    assert len(set(names)) == len(names)


def test_nobody_is_let_in_without_a_token(nobody: Caller, world: dict[str, str]) -> None:
    before = everything()
    wrong = {
        route.name: answer.status
        for route in ROUTES
        if ((answer := called(nobody, route, world)).status == 401) is ROWS[route.name].public
    }
    assert not wrong
    assert everything() == before


def test_a_reading_token_reads_everything_and_writes_nothing(
    as_member: Any, owner: Any, world: dict[str, str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("clearstage.api.health._is_migrated", lambda: True)
    reader = as_member(owner, "read")
    before = everything()
    wrong = {}
    for route in each_undone(ROUTES):
        answer = called(reader, route, world)
        if answer.status != (200 if route.method in READING else 403):
            wrong[route.name] = answer
    assert not wrong
    assert everything() == before


def test_a_member_who_sees_nothing_gets_nothing(
    employee_api: Caller, world: dict[str, str], monkeypatch: Any
) -> None:
    """404 for what he may not see, 403 for what he may see and not do; lists are empty, and nothing is changed."""
    monkeypatch.setattr("clearstage.api.health._is_migrated", lambda: True)
    before = everything()
    wrong = {}
    for route in each_undone(ROUTES):
        answer = called(employee_api, route, world)
        if answer.status != ROWS[route.name].nothing or (
            route.name in LISTS_OF_CLIENTS and answer["results"] != []
        ):
            wrong[route.name] = answer
        if everything() != before:
            wrong[route.name] = answer
    assert not wrong


def test_what_is_closed_looks_like_what_was_never_there(employee_api: Caller, world: dict[str, str]) -> None:
    """X4: the same answer, to the letter, for a foreign id and for nonsense."""
    never = {name: f"{number.partition('_')[0]}_999999" for name, number in world.items()}
    wrong = {}
    for route in each_undone([route for route in ROUTES if ROWS[route.name].nothing == 404]):
        closed, absent = called(employee_api, route, world), called(employee_api, route, never)
        nonsense = called(employee_api, route, dict.fromkeys(world, "nonsense"))
        if not closed.content == absent.content == nonsense.content:
            wrong[route.name] = (closed, absent, nonsense)
    assert not wrong


def test_the_owner_may_do_everything(api: Caller, world: dict[str, str], monkeypatch: Any) -> None:
    monkeypatch.setattr("clearstage.api.health._is_migrated", lambda: True)
    wrong = {}
    for route in each_undone(ROUTES):
        answer = called(api, route, world)
        if answer.status != ROWS[route.name].owner:
            wrong[route.name] = answer
    assert not wrong


def test_reading_never_writes(api: Caller, world: dict[str, str]) -> None:
    written: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.lstrip().upper().startswith(("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "WITH")):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        for route in ROUTES:
            if not route.traits.writes:
                called(api, route, world)
    assert not written
