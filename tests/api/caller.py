"""A caller of the API who holds every answer against what the OpenAPI document promises of the route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from pydantic import TypeAdapter

from clearstage.api.service import api

PREFIX = "/api/v1"
JSON, PROBLEM = "application/json", "application/problem+json"
UNDOCUMENTED = (405, 413, 500, 503)


@dataclass(frozen=True)
class Route:
    """One operation of the API, as its router knows it."""

    method: str
    path: str
    operation: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def traits(self) -> Any:
        return self.operation.view_func.traits

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", self.path))


def routes() -> Iterator[Route]:
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield Route(method, path, operation)


ROUTES = list(routes())


def route_of(method: str, path: str) -> Route | None:
    """The first that fits, as Django looks for it."""
    fitting = [route for route in ROUTES if route.pattern.fullmatch(path)]
    return next(
        (route for route in fitting if route.method == method and route.path == fitting[0].path), None
    )


class Answer:
    """Status, document and headers of one answer."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.content: bytes = b"".join(response) if response.streaming else response.content
        self.type = response.headers.get("Content-Type", "").split(";")[0]
        self.json: Any = json.loads(self.content) if self.content and self.type.endswith("json") else None

    def __getitem__(self, key: str) -> Any:
        return self.json[key]

    def __repr__(self) -> str:
        return f"{self.status} {self.content[:2000]!r}"

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by place."""
        return {each["where"]: each["message"] for each in self.json["errors"]}


class Caller:
    """Paths are given from behind /api/v1. Keyword arguments are headers (`if_match`), `params` the query."""

    def __init__(self, token: str | None) -> None:
        self.http = Client(raise_request_exception=False)
        self.token = token

    def get(self, path: str, **params: Any) -> Answer:
        return self.send("GET", path, params={key: _text(value) for key, value in params.items()})

    def post(self, path: str, body: Any = None, **how: Any) -> Answer:
        return self.send("POST", path, body, **how)

    def put(self, path: str, body: Any = None, **how: Any) -> Answer:
        return self.send("PUT", path, body, **how)

    def patch(self, path: str, body: Any = None, **how: Any) -> Answer:
        return self.send("PATCH", path, body, **how)

    def delete(self, path: str, **how: Any) -> Answer:
        return self.send("DELETE", path, **how)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Any = None,
        raw: bytes | None = None,
        content_type: str = JSON,
        **headers: str,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        answer = Answer(
            self.http.generic(
                method, PREFIX + path, data, content_type=content_type, headers=sent, query_params=params
            )
        )
        check(method, path, answer)
        return answer

    def all(self, path: str, **params: Any) -> list[Any]:
        """Every page of a list."""
        found: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **params, **cursor)
            assert page.status == 200, page
            found += page["results"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}


def check(method: str, path: str, answer: Answer) -> None:
    """Whether the answer has one of the forms that its route promises."""
    route = route_of(method, path.partition("?")[0])
    if answer.status >= 400 and answer.status != 503:
        assert answer.type == PROBLEM, answer
        assert answer.json.keys() >= {"type", "title", "status", "detail", "errors"}, answer
        assert answer["status"] == answer.status
        assert answer["title"]
        assert answer["detail"]
        assert all(set(each) == {"where", "message"} and each["message"] for each in answer["errors"]), answer
        if route is not None and answer.status not in UNDOCUMENTED:
            described = described_statuses(route)
            assert answer.status in described, f"{route.name} does not promise {answer}"
        return
    assert route is not None, f"{method} {path} {answer}"
    promised = route.operation.response_models
    assert answer.status in promised, f"{route.name} does not promise {answer}"
    if answer.status == 204:
        assert not answer.content
    elif answer.type == JSON:
        form = promised[answer.status].model_fields["response"].annotation
        TypeAdapter(form).validate_json(answer.content)


def described_statuses(route: Route) -> set[int]:
    extra = route.operation.openapi_extra or {}
    return {*route.operation.response_models, *extra.get("responses", {})}


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
