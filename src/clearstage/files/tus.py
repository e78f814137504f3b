"""Resumable uploads for both faces, by the tus protocol 1.0 (core, creation, termination, expiration).

A face scopes the request to an actor and hands it over. Errors are sentences in plain text, for the person who waits
at the other end. Beyond tus: the answer to the last piece names the file that was made (`Clearstage-File`), and an
empty PATCH at the end asks for it again.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import ClearstageError, Forbidden, Invalid, NotFound, Refused, Stale
from clearstage.kernel.ids import public_id

from .limits import largest_file
from .models import Upload
from .operations.uploads import append_to_upload, begin_upload, cancel_upload, finish_upload, upload_of
from .receiving import account_in
from .storage import CHUNK, StorageAway

P = ParamSpec("P")
VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
FILE = "Clearstage-File"
LONGEST_NUMBER = 15


class _Told(Exception):
    """A request that is none of this protocol."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def _spoken(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = _checked(request) or view(request, *args, **kwargs)
        except _Told as told:
            response = _sentence(told.status, str(told))
        except ClearstageError as error:
            response = _refusal(error)
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is no event for the server's log
        return response

    return answered


@_spoken
def uploads(request: HttpRequest, actor: Actor) -> HttpResponse:
    """POST begins an upload: `Upload-Length`, and `Upload-Metadata` with filename, account, key and shared."""
    if request.method != "POST":
        return _not_allowed("OPTIONS, POST")
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    upload = begin_upload(
        actor,
        account_in(said.get("account")),
        said.get("filename", ""),
        _number(request, "Upload-Length"),
        key=said.get("key", ""),
        shared=said.get("shared") == "1",
    )
    response = _state(upload, 201)
    response.headers["Location"] = f"{request.path}{upload.token}/"
    return response


@_spoken
def upload(request: HttpRequest, actor: Actor, token: str, *, told: bool = False) -> HttpResponse:
    """HEAD tells how far it came, PATCH goes on from there, DELETE forgets it. `told` as of `add_file`."""
    if request.method == "HEAD":
        return _state(upload_of(actor, token), 200)
    if request.method == "DELETE":
        cancel_upload(actor, token)
        return HttpResponse(status=204)
    if request.method != "PATCH":
        return _not_allowed("DELETE, HEAD, OPTIONS, PATCH")
    if request.content_type != BYTES:
        raise _Told(415, _t("The body has to be {kind}.").format(kind=BYTES))
    row = append_to_upload(actor, token, _number(request, "Upload-Offset"), _pieces(request))
    if row.received == row.size:
        row.file = finish_upload(actor, token, told=told)
    return _state(row, 204)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes. Where the connection breaks it ends early: what came so far counts."""
    try:
        while piece := request.read(CHUNK):
            yield piece
    except UnreadablePostError:
        return


def _state(row: Upload, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response.headers["Upload-Offset"] = str(row.received)
    response.headers["Upload-Length"] = str(row.size)
    response.headers["Upload-Expires"] = http_date(row.expires_at.timestamp())
    if row.file_id is not None:
        response.headers[FILE] = public_id("file", row.file_id)
    return response


def _checked(request: HttpRequest) -> HttpResponse | None:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Tus-Version"] = VERSION
        response.headers["Tus-Extension"] = "creation,expiration,termination"
        response.headers["Tus-Max-Size"] = str(largest_file())
        return response
    if request.headers.get("Tus-Resumable") != VERSION:
        response = _sentence(412, _t("This address speaks tus {version}.").format(version=VERSION))
        response.headers["Tus-Version"] = VERSION
        return response
    return None


def _metadata(header: str) -> dict[str, str]:
    """`name base64, name base64`, as UTF-8."""
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _space, value = pair.partition(" ")
        try:
            found[name] = b64decode(value, validate=True).decode()
        except (NoBase64, UnicodeDecodeError):
            raise _Told(400, _t("The header Upload-Metadata cannot be read.")) from None
    return found


def _number(request: HttpRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
        raise _Told(400, _t("The header {name} has to be a number.").format(name=name))
    return int(text)


def _refusal(error: ClearstageError) -> HttpResponse:
    if isinstance(error, NotFound):
        return _sentence(404, _t("This upload is over, or there is no such thing."))
    if isinstance(error, Forbidden):
        return _sentence(403, str(error))
    if isinstance(error, Stale):
        return _sentence(409, str(error))
    if isinstance(error, StorageAway):
        return _sentence(503, " ".join(error.problems))
    if isinstance(error, Invalid):
        return _sentence(422, " ".join(message for _where, message in error.errors))
    # Not 409: that one means “ask where it stopped, and go on”.
    assert isinstance(error, Refused)
    return _sentence(422, " ".join(error.problems))


def _sentence(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _not_allowed(allowed: str) -> HttpResponse:
    response = _sentence(405, _t("This address takes {methods}.").format(methods=allowed))
    response.headers["Allow"] = allowed
    return response
