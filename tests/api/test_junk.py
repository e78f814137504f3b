"""Every field and parameter of every route is given junk: it may be refused, and never breaks anything."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account

from .caller import PREFIX, ROUTES, Caller, Route
from .test_access import ROWS, each_undone, filled

JUNK: list[Any] = [
    None, True, 0, -1, 2**53, 1.5, "", " \n ", "x" * 21_000, "acc_1", "job_9999999999999999999", "role:", "٣",
    "a\u202eb", "2026-13-45", "';--%_\\", [], [[]], [None], ["x"], {}, {"a": 1}, {"": ""}, {"x": ["x"]}, [{"name": 5}],
]  # fmt: skip
TEXTS = [
    "",
    " ",
    "x" * 300,
    "acc_9999999999999999999",
    "role:",
    "٣",
    "true",
    "-1",
    "0",
    "2026-13-45",
    "';--%_\\",
    "act_1",
    "\u202e",
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = Caller(None).http.get(f"{PREFIX}/openapi.json").json()
    return found


def fields_of(route: Route, document: dict[str, Any]) -> list[str]:
    described = document["paths"][PREFIX + route.path][route.method.lower()]
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    text = str(content)
    name = text.partition("#/components/schemas/")[2].partition("'")[0]
    return list(document["components"]["schemas"].get(name, {}).get("properties", {}))


def test_no_field_can_break_anything(api: Caller, world: Any, ada: Account, document: Any) -> None:
    broken = {}
    for route in [each for each in ROUTES if each.method in ("POST", "PATCH")]:
        row = ROWS[route.name]
        for field in fields_of(route, document):
            for junk in JUNK:
                for _again in each_undone([route]):
                    body = {**(filled(row.body, world) or {}), field: junk}
                    answer = api.send(route.method, route.path.format(**world), body)
                    if answer.status >= 500:
                        broken[route.name, field, repr(junk)[:60]] = answer
    assert not broken


def test_no_parameter_can_break_anything(api: Caller, world: Any, ada: Account, document: Any) -> None:
    broken = {}
    for route in [each for each in ROUTES if each.method == "GET"]:
        described = document["paths"][PREFIX + route.path]["get"]
        for name in [each["name"] for each in described["parameters"] if each["in"] == "query"]:
            for text in TEXTS:
                answer = api.send("GET", route.path.format(**world), params={name: text})
                if answer.status >= 500 and route.name != "GET /health/ready":
                    broken[route.name, name, text[:40]] = answer
    assert not broken


def test_no_id_can_break_anything(api: Caller, world: Any, ada: Account) -> None:
    broken = {}
    for route in [each for each in ROUTES if "{" in each.path]:
        for text in (
            "%00",
            "%ff",
            "..",
            "-1",
            "job_1e9",
            "acc_9223372036854775807",
            "%F0%9F%98%80",
            "x" * 3000,
            "a%20b",
        ):
            for _again in each_undone([route]):
                answer = api.send(
                    route.method,
                    route.path.format(**dict.fromkeys(world, text)),
                    filled(ROWS[route.name].body, world),
                )
                if answer.status != 404:
                    broken[route.name, text] = answer
    assert not broken
