"""Beginning a conversation: by the firm on a job or an account, by a client where the firm wants it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.making import AskSpec, NewAsk, held_until, make, make_by_hand
from clearstage.asking.operations import tell, tell_the_firm
from clearstage.clients.models import Account
from clearstage.engine.sentences import _, say
from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Forbidden, NotFound
from clearstage.kernel.rows import allocate_ids
from clearstage.messaging.reminder_plan import ReminderPlan

from ..models import Chat, Message
from ..policies import can_begin
from ..spec import MAKING, Opening, author_of, write_openings
from ..templates import MOST_TASKS
from .attaching import attach

LONGEST_TITLE, LONGEST_TEXT = 300, 20_000


@dataclass(frozen=True, slots=True)
class NewChat:
    """What somebody typed. `files` are numbers of files of the account."""

    subject: str
    text: str
    tasks: tuple[str, ...] = ()
    due: date | None = None
    reminders: ReminderPlan | None = None
    files: Collection[int] = ()


def begin_on_job(actor: Actor, job: int, new: NewChat, *, scope: str | None = None) -> int:
    """The job waits for it in its present stay as long as something is to be done (L2). Answers the chat's number."""
    if actor.kind == "contact":
        raise NotFound
    spec = _checked(actor, new)
    with transaction.atomic():
        number = make_by_hand(actor, MAKING, job, spec, scope=scope)
        _attach(actor, number, new.files)
        return number


def begin_on_account(actor: Actor, account: int, new: NewChat) -> int:
    """A conversation about no particular job. A client's is told to the firm, the firm's to the account's contacts."""
    spec = _checked(actor, new)
    with transaction.atomic():
        if not Account.objects.visible_to(actor).filter(pk=account).exists():
            raise NotFound
        can_begin(actor, firm_row()).demand()
        if actor.kind == "contact":
            number = _by_client(actor, account, spec)
        else:
            number = allocate_ids({Chat: 1})[Chat][0]
            make(MAKING, [NewAsk(number, account, spec)], hold_until=held_until(), action=None)
            tell(actor, Chat.objects.get(pk=number), "chat_sent")
        _attach(actor, number, new.files)
        return number


def _by_client(actor: Actor, account: int, spec: AskSpec) -> int:
    if spec.content.tasks or spec.due or spec.reminders:
        raise Forbidden(_t("Only members of the firm ask for something to be done."))
    now = clock.now()
    row = Chat.objects.create(account_id=account, title=spec.title, state="open", created_at=now, last_at=now)
    write_openings([NewAsk(row.pk, account, spec)])
    event = tell(actor, row, "chat_begun")
    text = say(_("{client} began the conversation “{title}”"), client=actor.name, title=row.title)
    tell_the_firm(actor, row, event, text)
    return row.pk


def _attach(actor: Actor, chat: int, files: Collection[int]) -> None:
    if files:
        attach(actor, Message.objects.select_related("chat").get(chat=chat), files)


def _checked(actor: Actor, new: NewChat) -> AskSpec:
    checks = Checks()
    checks.storable({"subject": new.subject, "text": new.text, "tasks": list(new.tasks)})
    subject = checks.line("subject", new.subject, LONGEST_TITLE)
    text = checks.text("text", new.text, LONGEST_TEXT)
    if not text and not new.files:
        checks.wrong("text", _t("is needed"))
    if len(new.tasks) > MOST_TASKS:
        checks.wrong("tasks", _t("has more than {most} entries").format(most=MOST_TASKS))
    tasks = tuple(
        checks.line(f"tasks[{position}]", title, LONGEST_TITLE)
        for position, title in enumerate(new.tasks[:MOST_TASKS])
    )
    checks.demand()
    return AskSpec(subject, Opening(text, tasks, author_of(actor)), due=new.due, reminders=new.reminders)
