"""Every refusal in one form: `application/problem+json` (RFC 9457), with sentences a person can read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, PlanChanged, Refused, Stale

from .complaints import complaints
from .rendering import render

logger = logging.getLogger("clearstage.api")
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="clearstage"'


class Problem(Exception):
    """A refusal that belongs to HTTP rather than to Clearstage: wrong media type, text that is no JSON, …"""

    def __init__(self, status: int, kind: str, detail: str, errors: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.errors = status, kind, detail, errors


def problem(
    status: int, kind: str, title: str, detail: str, errors: Sequence[tuple[str, str]] = (), **more: Any
) -> HttpResponse:
    document = {
        "type": f"urn:clearstage:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [{"where": where, "message": str(message)} for where, message in errors],
        **more,
    }
    return HttpResponse(render(document), status=status, content_type=MEDIA_TYPE)


def not_found(request: HttpRequest, error: object = None) -> HttpResponse:
    """The same words for nonsense, for what is closed to the caller, and for what was never there (X4)."""
    return problem(404, "not-found", _t("Not found"), _t("There is no such thing, or it is not open to you."))


def not_allowed(allowed: str) -> HttpResponse:
    detail = _t("This address takes {methods}.").format(methods=allowed)
    response = problem(405, "method-not-allowed", _t("Method not allowed"), detail)
    response["Allow"] = allowed
    return response


def unexpected(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Says and logs nothing of what was in the request: only which error it was, and where."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    logger.error("%s at %s, answering %s", type(error).__name__, place, request.method)
    return problem(500, "broken", _t("Something broke"), _t("Something broke on our side; nothing was done."))


def _unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    given = bool(request.headers.get("Authorization"))
    detail = (
        _t("This token is not valid, or no longer.")
        if given
        else _t("Send a token: “Authorization: Bearer TOKEN”.")
    )
    response = problem(401, "unauthorized", _t("Not signed in"), detail)
    response["WWW-Authenticate"] = f'{CHALLENGE}, error="invalid_token"' if given else CHALLENGE
    return response


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja wraps whatever a parser raises; what we raised there is what is answered."""
    if isinstance(error.__cause__, Problem):
        return _problem(request, error.__cause__)
    if isinstance(error.__cause__, Exception):
        return unexpected(request, error.__cause__)
    return problem(error.status_code, "http", str(error), str(error))


def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    titles = {
        400: _t("Bad request"),
        412: _t("Precondition failed"),
        415: _t("Unsupported media type"),
        422: _t("Invalid input"),
    }
    title = titles.get(error.status, _t("Bad request"))
    return problem(error.status, error.kind, title, error.detail, error.errors)


def _too_large(request: HttpRequest, error: object) -> HttpResponse:
    return problem(413, "too-large", _t("Too large"), _t("A request may hold at most 2 MB."))


def _bad_request(request: HttpRequest, error: object) -> HttpResponse:
    return problem(400, "bad-request", _t("Bad request"), _t("This request cannot be understood."))


def _invalid(request: HttpRequest, error: Invalid) -> HttpResponse:
    return problem(422, "invalid", _t("Invalid input"), str(error), error.errors)


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _invalid(request, Invalid(complaints(error.errors)))


def _forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    return problem(403, "forbidden", _t("Not allowed"), str(error) or _t("You may not do this."))


def refused(reasons: Sequence[str], **more: Any) -> HttpResponse:
    """A rule stands against it; 409 with the reasons."""
    errors = [("", reason) for reason in reasons]
    return problem(
        409, "refused", _t("Refused"), " ".join(reasons), errors, **{"reasons": list(reasons), **more}
    )


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refused(error.problems, **{name: _values(value) for name, value in error.extra.items()})


def _values(extra: Any) -> Any:
    """What an operation gave beside its reasons, as plain values: findings know how they are told."""
    if isinstance(extra, list | tuple):
        return [_values(each) for each in extra]
    return extra.as_values() if hasattr(extra, "as_values") else extra


def _plan_changed(request: HttpRequest, error: PlanChanged) -> HttpResponse:
    reasons = error.problems
    errors = [("", reason) for reason in reasons]
    plan = plan_document(Outcome(error.plan))
    return problem(
        409, "plan-changed", _t("The plan has changed"), " ".join(reasons), errors, reasons=reasons, plan=plan
    )


def _stale(request: HttpRequest, error: Stale) -> HttpResponse:
    detail = str(error) or _t("Somebody else changed this in the meantime. Nothing was done.")
    return problem(412, "stale", _t("Changed in the meantime"), detail)


def _at_the_same_moment(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    logger.warning("%s, answering %s", type(error).__name__, request.method)
    return refused([_t("Somebody else did something like this at the same moment. Nothing was done.")])


def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    logger.error("%s, answering %s", type(error).__name__, request.method)
    detail = _t("The database is busy or not to be reached. Nothing was done; please try again.")
    response = problem(503, "busy", _t("Not available just now"), detail)
    response["Retry-After"] = "5"
    return response


def teach(api: NinjaAPI) -> None:
    """Have the API answer every error so."""
    for error, handler in {
        Exception: unexpected,
        Http404: not_found,
        AuthenticationError: _unauthorized,
        HttpError: _http_error,
        ValidationError: _not_valid,
        Problem: _problem,
        RequestDataTooBig: _too_large,
        SuspiciousOperation: _bad_request,
        NotFound: not_found,
        Forbidden: _forbidden,
        Refused: _refused,
        PlanChanged: _plan_changed,
        Invalid: _invalid,
        Stale: _stale,
        IntegrityError: _at_the_same_moment,
        OperationalError: _busy,
    }.items():
        api.add_exception_handler(error, handler)  # type: ignore[arg-type]
