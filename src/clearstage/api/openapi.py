"""What the OpenAPI document says of every route beside its own fields: headers, problems, the form of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

if TYPE_CHECKING:
    from .routing import Traits

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_MEANINGS = {
    400: "The request cannot be read: no JSON, a name twice in one mapping, a malformed header",
    401: "No token, or one that does not work (any more)",
    403: "The caller may see this, but not do it; or the token may only read",
    404: "There is no such thing, or the caller may not see it: the two are never told apart",
    409: "A rule stands against it; `reasons` are sentences. After a plan that was shown: `plan` is the new one",
    412: "Somebody else changed it first",
    413: "The body is larger than 2 MB",
    415: "The body has another media type",
    422: "Something in the request is wrong; `errors` say where and what",
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Some carry more: `reasons` (409), `plan` (409 after `expect`), `findings` (pipelines).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "message"],
                "properties": {"where": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "reasons": {"type": "array", "items": {"type": "string"}},
    },
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Makes the request safe to repeat: the same key within a week is given the same answer, "
    "with `Idempotency-Replayed: true`. Refusals are not kept.",
}
_PREVIEW = {
    "in": "query",
    "name": "preview",
    "required": False,
    "schema": {"type": "boolean", "default": False},
    "description": "Answer what would be answered, and do nothing",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "The version the change is meant for; 412 where it is another by now",
}


def contribution(traits: Traits, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is laid over ninja's own description of a route."""
    responses = {
        status: {"description": _MEANINGS[status], "content": _PROBLEM} for status in _statuses(traits)
    }
    extra = dict(extra or {})
    found: dict[str, Any] = {"responses": {**responses, **extra.pop("responses", {})}}
    parameters = []
    if traits.writes:
        parameters.append(_IDEMPOTENCY_KEY)
        if traits.versioned:
            parameters.append(_IF_MATCH)
        if traits.rehearses:
            parameters.append(_PREVIEW)
    if parameters:
        found["parameters"] = parameters
    return {**found, **extra}


def _statuses(traits: Traits) -> list[int]:
    found = [400, 422]
    if not traits.open:
        found += [401, 403, 404]
    if traits.method in ("POST", "PUT", "PATCH"):
        found += [413, 415]
    if traits.writes:
        found += [409]
    if traits.writes and traits.versioned:
        found += [412]
    return sorted(found)


class DescribedApi(NinjaAPI):
    """Knows the form of its problems, and describes itself once a process."""

    _described: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        if self._described is None:
            found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            found["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
            self._described = found
        return self._described
