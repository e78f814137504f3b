"""E-mail out of the ledger: text and HTML from one plain text, with a Message-ID that belongs to the delivery's key.

A payload may hold a `link` (label and address), which is a button in the HTML and stands under the text; and a `part`,
from which one mail is made of several that go out together: `opening` and `closing` paragraphs, the `entry` that is its
own, `due` or nothing, and what all of them are `about`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import Signer
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from clearstage.kernel import clock

from .models import Delivery


def message_id(key: str) -> str:
    return f"<{sha256(key.encode()).hexdigest()[:32]}@clearstage>"


def signed(seed: str) -> str:
    """The secret that a message carries in place of a `seed`; it is made when the message goes out, and kept nowhere.

    Who reads the ledger (or a backup of it) without the installation's key finds nothing that he could use.
    """
    return Signer(salt="clearstage.outbox.mail", sep=".").sign(seed)


def send_mail_delivery(deliveries: Sequence[Delivery]) -> None:
    """Send one mail of these; raises OSError (which smtplib's errors are) where it could not be handed over."""
    delivery, key = deliveries[0], deliveries[0].mail or deliveries[0].key
    content = _together([each.payload for each in deliveries])
    sender = content.get("from_name") or ""
    reply_to = content.get("reply_to")
    link = _link(content)
    message = EmailMultiAlternatives(
        subject=" ".join(content["subject"].split()),
        body=_plain(content["text"], link),
        from_email=formataddr((sender, settings.DEFAULT_FROM_EMAIL))
        if sender
        else settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((content.get("to_name", ""), delivery.to))],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": message_id(key),
            "Date": format_datetime(clock.now()),
            "X-Clearstage-Key": key,
        },
    )
    html = render_to_string(
        "outbox/mail.html",
        {
            "text": content["text"],
            "link": link,
            "firm": content.get("firm_name", ""),
            "language": content.get("language", "en"),
        },
    )
    message.attach_alternative(html, "text/html")
    message.send()


def _together(payloads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One mail that says each thing once, in the order in which they happened."""
    last, parts = payloads[-1], [each["part"] for each in payloads if "part" in each]
    entries = list(dict.fromkeys((part["entry"], part["due"]) for part in parts))
    if len(entries) < 2:
        return last
    days = {due for _entry, due in entries}
    body = [entry if len(days) == 1 or not due else f"{entry}\n{due}" for entry, due in entries]
    end = [day for day in days if day] if len(days) == 1 else []
    part = last["part"]
    with translation.override(last["language"]):
        subject = ngettext("{count} thing is new: {title}", "{count} things are new: {title}", len(entries))
    return {
        **last,
        "subject": subject.format(count=len(entries), title=part["about"]),
        "text": "\n\n".join([*part["opening"], *body, *end, *part["closing"]]),
    }


def _link(content: Mapping[str, Any]) -> dict[str, str] | None:
    """What the mail leads to; where its address ends in a secret, with that."""
    link = content.get("link")
    if not link:
        return None
    return {
        "label": link["label"],
        "address": link["address"] + (signed(link["seed"]) if "seed" in link else ""),
    }


def _plain(text: str, link: Mapping[str, str] | None) -> str:
    return f"{text}\n\n{link['label']}:\n{link['address']}" if link else text
