"""The OpenAPI document: complete, and true, since every answer in these tests is held against it."""

from __future__ import annotations

from typing import Any

import pytest

from .caller import PREFIX, ROUTES, Caller, Route


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Caller(None).http.get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def entry(document: dict[str, Any], route: Route) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][PREFIX + route.path][route.method.lower()]
    return found


def test_every_route_is_in_it(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, PREFIX + route.path) for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_is_described(document: dict[str, Any], route: Route) -> None:
    described = entry(document, route)
    assert described["summary"]
    assert described["tags"]
    assert ("security" in described) is not route.traits.open
    parameters = {each["name"]: each for each in described["parameters"]}
    assert ("Idempotency-Key" in parameters) is route.traits.writes
    assert ("If-Match" in parameters) is (route.traits.writes and route.traits.versioned)
    assert ("preview" in parameters) is (route.traits.previews or route.traits.rehearses)
    answered = [status for status in described["responses"] if status < "300"]
    assert answered
    for status, response in described["responses"].items():
        if status >= "400" and status != "503":
            assert list(response["content"]) == ["application/problem+json"]
        elif route.name == "GET /files/{file}/content":
            assert list(response["content"]) == ["application/octet-stream"]
        elif status != "204":
            assert response["content"]["application/json"]["schema"]


def test_whatever_is_referred_to_is_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def references(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    missing = {
        ref for ref in references(document) if ref.removeprefix("#/components/schemas/") not in schemas
    }
    assert not missing
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_no_page_is_made_of_it() -> None:
    assert Caller(None).http.get(f"{PREFIX}/docs").status_code == 404
