"""Routes: what each of them has in common. A view takes the request and its checked values and answers a document.

Here stand the refusal of unknown query parameters, the keys that make writes safe to repeat (M12), versions in
headers, and what the OpenAPI document says of every route.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _t
from ninja import Router
from ninja.constants import NOT_SET
from ninja.params.models import Query as QueryMark
from pydantic import BaseModel

from clearstage.firm.idempotency import fingerprint_of, remembered
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid

from .headers import etag
from .openapi import contribution
from .parsing import printable
from .rendering import MEDIA_TYPE, render

View = Callable[..., Any]
PREVIEW = "preview"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answered:
    """A document with another status than the route's usual one."""

    document: Any
    status: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What a route promises, for its OpenAPI entry and for the tests that go through all routes."""

    method: str
    writes: bool
    open: bool = False
    versioned: bool = False
    previews: bool = False
    rehearses: bool = False
    keyed: bool = False


class Noun(Router):
    """The routes of one noun."""

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])

    def reads(
        self,
        path: str,
        answer: Any,
        *,
        summary: str,
        open: bool = False,
        versioned: bool = False,
        also: Mapping[int, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """A GET, which never writes. `open` ones need no token; `also` are answers with other statuses."""
        traits = Traits("GET", writes=False, open=open, versioned=versioned)
        return self._route(path, answer, traits, summary=summary, status=200, also=also, extra=extra)

    def asks(self, path: str, answer: Any, *, summary: str) -> Callable[[View], View]:
        """A POST that changes nothing: its question is too long for an address."""
        traits = Traits("POST", writes=False)
        return self._route(path, answer, traits, summary=summary, status=200)

    def writes(
        self,
        method: str,
        path: str,
        answer: Any,
        *,
        summary: str,
        status: int = 200,
        versioned: bool = False,
        previews: bool = False,
        rehearses: bool = False,
        keyed: bool = False,
        also: Mapping[int, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """`versioned` ones take `If-Match`; `previews` ones answer a plan and do nothing where `?preview=true`.

        `rehearses` ones answer there what they would answer otherwise: done, looked at, and taken back. `keyed` ones
        look after their keys themselves, by `once`: their bodies are too large for a transaction.
        """
        traits = Traits(
            method, writes=True, versioned=versioned, previews=previews, rehearses=rehearses, keyed=keyed
        )
        return self._route(path, answer, traits, summary=summary, status=status, also=also, extra=extra)

    def once(
        self, request: HttpRequest, fingerprint: str, status: int, run: Callable[[], Any]
    ) -> HttpResponse:
        """For `keyed` routes: the answer to what `fingerprint` stands for, under the request's key where it has one."""
        traits = Traits(request.method or "", writes=True)

        def answer() -> HttpResponse:
            return _response(status, run(), traits)

        key = request.headers.get("Idempotency-Key")
        return answer() if key is None else _once(request, key, fingerprint, answer)

    def _route(
        self,
        path: str,
        answer: Any,
        traits: Traits,
        *,
        summary: str,
        status: int,
        also: Mapping[int, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            answered = _answering(view, traits, status)
            self.add_api_operation(
                path,
                [traits.method],
                answered,
                auth=None if traits.open else NOT_SET,
                response={status: answer, **(also or {})},
                operation_id=view.__name__,
                summary=summary,
                openapi_extra=contribution(traits, extra),
            )
            return view

        return register


def _answering(view: View, traits: Traits, status: int) -> View:
    signature = inspect.signature(view, eval_str=True)
    known = _parameters(signature) | ({PREVIEW} if traits.rehearses else frozenset())

    @wraps(view)
    def answered(request: HttpRequest, **values: Any) -> HttpResponseBase:
        refuse_unknown_parameters(request, known)

        def run() -> Any:
            found = view(request, **values)
            if isinstance(found, HttpResponseBase):
                return found
            if isinstance(found, Answered):
                return _response(found.status, found.document, traits)
            return _response(status, found, traits)

        previewing = _previewing(request, traits)
        if previewing and traits.rehearses:
            return _rehearsed(run)
        key = request.headers.get("Idempotency-Key")
        if key is None or not traits.writes or traits.keyed or previewing:
            return run()
        return _once(
            request, key, fingerprint_of(request.method or "", request.get_full_path(), request.body), run
        )

    answered.__signature__ = signature  # type: ignore[attr-defined]
    answered.traits = traits  # type: ignore[attr-defined]
    return answered


def _previewing(request: HttpRequest, traits: Traits) -> bool:
    asked = request.GET.get(PREVIEW, "false")
    if traits.rehearses and asked not in ("true", "false"):
        raise Invalid([(PREVIEW, _t("has to be true or false"))])
    return (traits.previews or traits.rehearses) and asked == "true"


def _rehearsed(run: Callable[[], Any]) -> Any:
    """What the request would be answered; nothing of it stays."""
    with transaction.atomic():
        response = run()
        transaction.set_rollback(True)
    return response


def _once(request: HttpRequest, key: str, fingerprint: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to this request, or to the one that came under the same key before, to the letter."""
    answers: list[HttpResponse] = []

    def kept() -> tuple[int, list[Any]]:
        answers.append(run())
        return answers[0].status_code, [answers[0].content.decode(), answers[0].headers.get("ETag")]

    actor: Actor = request.actor  # type: ignore[attr-defined]
    status, (content, version) = remembered(f"member:{actor.id}", key, fingerprint, kept)
    if answers:
        return answers[0]
    response = HttpResponse(content, status=status, content_type=CONTENT_TYPE)
    response["Idempotency-Replayed"] = "true"
    if version is not None:
        response["ETag"] = version
    return response


def _response(status: int, document: Any, traits: Traits) -> HttpResponse:
    response = HttpResponse(
        b"" if status == 204 else render(document), status=status, content_type=CONTENT_TYPE
    )
    if traits.versioned and isinstance(document, dict):
        versioned = document if "version" in document else document.get("job") or {}
        if "version" in versioned:
            response["ETag"] = etag(versioned["version"])
    return response


def _parameters(signature: inspect.Signature) -> frozenset[str]:
    """The names of the query parameters a view takes."""
    found: set[str] = set()
    for parameter in signature.parameters.values():
        marks: Sequence[Any] = getattr(parameter.annotation, "__metadata__", ())
        if any(isinstance(mark, QueryMark) for mark in marks):
            kind = parameter.annotation.__origin__
            is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
            found |= set(kind.model_fields) if is_model else {parameter.name}
    return frozenset(found)


def refuse_unknown_parameters(request: HttpRequest, known: frozenset[str]) -> None:
    """A parameter nobody knows, or one that stands there twice, is refused: it would be passed over otherwise."""
    problems = []
    for name, values in request.GET.lists():
        if name not in known:
            problems.append((printable(name), _t("there is no such parameter")))
        elif len(values) > 1:
            problems.append((name, _t("stands there twice")))
    if problems:
        raise Invalid(problems)
