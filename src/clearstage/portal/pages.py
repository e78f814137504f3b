"""The table of the portal's pages. Each is there twice: for the client, and read-only for the firm (P5).

A page shows and never writes: `show(request, principal, ...)`, with what its route names. What changes something has an
address of its own in `urls.py`, which the read-only view does not have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponseBase

from . import showing, showing_chats, showing_files, showing_organizers, showing_requests

Show = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    route: str
    show: Show


PAGES = (
    Page("home", "", showing.show_home),
    Page("files", "documents/", showing_files.show_files),
    Page("file", "files/<str:file>/", showing_files.show_file),
    Page("chats", "messages/", showing_chats.show_chats),
    Page("chat-new", "messages/new/", showing_chats.show_new_chat),
    Page("chat", "messages/<str:chat>/", showing_chats.show_chat),
    Page("chat-news", "messages/<str:chat>/news/", showing_chats.show_chat_news),
    Page("organizer", "organizers/<str:item>/", showing_organizers.show_organizer),
    Page("organizer-section", "organizers/<str:item>/<int:section>/", showing_organizers.show_section),
    Page("organizer-review", "organizers/<str:item>/review/", showing_organizers.show_review),
    Page("organizer-done", "organizers/<str:item>/done/", showing_organizers.show_done),
    Page("you", "you/", showing.show_you),
    Page("request", "requests/<str:request_id>/", showing_requests.show_request),
    Page("item", "items/<str:item>/", showing.show_item),
)
