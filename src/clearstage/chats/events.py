"""What happened in chats, in words; never what was said in them."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells

_SAYINGS = {
    "chat_sent": _("Wrote “{title}” to the client"),
    "chat_begun": _("Began the conversation “{title}”"),
    "chat_message": _("Wrote in “{title}”"),
    "chat_note": _("Wrote an internal message in “{title}”"),
    "chat_message_withdrawn": _("Withdrew a message in “{title}”"),
    "chat_task_added": _("Added “{task}” to do in “{title}”"),
    "chat_task_ticked": _("Ticked “{task}” in “{title}”"),
    "chat_task_unticked": _("Unticked “{task}” in “{title}”"),
    "chat_closed": _("Closed the conversation “{title}”"),
    "chat_reopened": _("Opened the conversation “{title}” again"),
}


def _register(kind: str, text: str) -> None:
    @tells(kind)
    def _told(data: dict[str, Any]) -> Sentence:
        return say(text, title=data["title"], task=data.get("task", ""))


for _kind, _text in _SAYINGS.items():
    _register(_kind, _text)
