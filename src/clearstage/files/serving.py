"""Handing out bytes: always as a download, never as something a browser would show or run."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from clearstage.kernel.errors import NotFound

from . import storage
from .models import File

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def download(request: HttpRequest, file: File) -> HttpResponseBase:
    """The bytes of a file that the caller has found in the reader's scope, streamed.

    `NotFound` where they are gone: after the file's time in the bin.
    """
    if file.purged_at is not None or not storage.place().exists(file.stored):
        raise NotFound
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(headers=HEADERS, content_type=file.content_type)
    else:
        content = storage.place().open(file.stored, "rb")
        response = FileResponse(content, headers=HEADERS, content_type=file.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["Content-Length"] = str(file.size)
    return response
