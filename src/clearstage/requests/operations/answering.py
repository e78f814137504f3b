"""What the client answers, or the firm for him: files, a text, or why it does not apply."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.operations import Followed, tell_the_firm
from clearstage.engine.sentences import Sentence, _, say
from clearstage.files.models import File
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound, Refused

from ..finishing import ACCEPTED, SUBMITTED
from ..models import ClientRequest, EntryFile, RequestEntry
from ..policies import can_submit
from .standing import about, entries_of, entry_in, follow, judge, open_request, remember

LONGEST_TEXT = 20_000
LONGEST_WORD = 500
MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """The whole of it: what was sent before and is not named any more no longer belongs to it. Files by number."""

    text: str = ""
    files: tuple[int, ...] = ()
    not_applicable: str = ""


def submit_entry(actor: Actor, request: int, n: int, answer: EntryAnswer) -> Followed:
    """Answer an entry, or replace the answer as long as it has not been accepted. The same again changes nothing (M12).

    Files are those of the account that the actor sees, `NotFound` for others. Raises `Invalid` for what is no answer
    to this entry, `Refused` where it has been accepted.
    """
    with transaction.atomic():
        row = open_request(actor, request, can_submit(actor))
        entries = entries_of(row)
        entry = entry_in(entries, n)
        answer = _checked(entry, answer)
        if entry.state == ACCEPTED:
            raise Refused([_t("“{entry}” has been accepted already.").format(entry=entry.title)])
        files = _files(actor, row, answer.files)
        if entry.state == SUBMITTED and _is_there(entry, answer):
            return Followed(row, None)
        if actor.kind == "member":
            remember(row, [entry])
        again = entry.submissions > 0
        _write(actor, entry, answer, files)
        told = {
            **about(entry),
            "files": len(files),
            "not_applicable": bool(answer.not_applicable),
            "again": again,
        }
        judged = judge(actor, row, entries, "request_entry_submitted", told)
        if actor.kind == "contact":
            tell_the_firm(actor, row, judged.event, _said(actor, row, entry, again=again))
        return follow(actor, row, judged)


def _checked(entry: RequestEntry, answer: EntryAnswer) -> EntryAnswer:
    checks = Checks()
    checks.storable({"text": answer.text, "not_applicable": answer.not_applicable})
    text = checks.text("text", answer.text, LONGEST_TEXT)
    word = checks.text("not_applicable", answer.not_applicable, LONGEST_WORD)
    if word and (text or answer.files):
        checks.wrong("not_applicable", _t("either it does not apply, or there is an answer"))
    elif not word:
        _check_kind(checks, entry, text, answer.files)
    if len(answer.files) > MOST_FILES:
        checks.wrong("files", _t("at most {most} files belong to one thing").format(most=MOST_FILES))
    checks.demand()
    return EntryAnswer(text, tuple(dict.fromkeys(answer.files)), word)


def _check_kind(checks: Checks, entry: RequestEntry, text: str, files: tuple[int, ...]) -> None:
    if entry.kind == "upload" and not files:
        checks.wrong("files", _t("a file is needed"))
    elif entry.kind == "text" and not text:
        checks.wrong("text", _t("an answer is needed"))
    elif not text and not files:
        checks.wrong("", _t("a file or an answer is needed"))
    if entry.kind == "text" and files:
        checks.wrong("files", _t("this is answered by a text"))
    if entry.kind == "upload" and text:
        checks.wrong("text", _t("this is answered by files"))


def _files(actor: Actor, row: ClientRequest, numbers: tuple[int, ...]) -> list[int]:
    """Held until the transaction ends, so that nobody throws them away meanwhile."""
    list(File.objects.select_for_update().filter(pk__in=numbers).order_by("pk").values_list("pk"))
    open_ones = File.objects.visible_to(actor).filter(account=row.account_id, binned_at=None)
    found = sorted(open_ones.filter(pk__in=numbers).values_list("pk", flat=True))
    if len(found) < len(numbers):
        raise NotFound
    return found


def _is_there(entry: RequestEntry, answer: EntryAnswer) -> bool:
    files = set(entry.entry_files.values_list("file_id", flat=True))
    same = (entry.text, entry.not_applicable) == (answer.text, answer.not_applicable)
    return same and files == set(answer.files)


def _write(actor: Actor, entry: RequestEntry, answer: EntryAnswer, files: list[int]) -> None:
    entry.state = SUBMITTED
    entry.text, entry.not_applicable = answer.text, answer.not_applicable
    entry.submissions += 1
    entry.submitted_by, entry.submitted_at = actor.name, clock.now()
    entry.from_client = actor.kind == "contact"
    entry.save(
        update_fields=[
            "state", "text", "not_applicable", "submissions", "submitted_by",
            "submitted_at", "from_client",
        ]
    )  # fmt: skip
    if entry.submissions > 1:
        entry.entry_files.exclude(file__in=files).delete()
    EntryFile.objects.bulk_create(
        [EntryFile(entry=entry, file_id=file) for file in files], ignore_conflicts=True
    )


def _said(actor: Actor, row: ClientRequest, entry: RequestEntry, *, again: bool) -> Sentence:
    if entry.not_applicable:
        text = _("{name} says that “{entry}” does not apply (“{title}”)")
    elif again:
        text = _("{name} sent “{entry}” again (“{title}”)")
    else:
        text = _("{name} sent “{entry}” (“{title}”)")
    return say(text, name=actor.name, entry=entry.title, title=row.title)
