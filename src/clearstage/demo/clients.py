"""What the demo's clients do: answer questionnaires, send papers, write; and what the firm makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet

from clearstage.chats.models import Chat, ClientTask
from clearstage.chats.operations.doing import tick_task
from clearstage.clients.models import AccountContact
from clearstage.clients.queries import contact_actor
from clearstage.files.operations.storing import store_file
from clearstage.jobs.items import item_kind
from clearstage.jobs.models import LinkedItem
from clearstage.jobs.operations.automove import finish_links
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.organizers.answers import shown
from clearstage.organizers.models import Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.submitting import given_answers, submit_organizer
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.judging import accept_all, accept_entry, return_entry

from .papers import pdf, picture
from .setting_up import DemoAccount, told

if TYPE_CHECKING:
    from .history import History
    from .stories import Story

KINDS = ("organizer", "request", "message")
_ITEMS = ("organizer", "request", "chat")


class Clients:
    def __init__(self, history: History) -> None:
        self.history, self.rng, self.texts = history, history.rng, told("answers")
        self.known: dict[int, Actor | None] = {}
        self.returned = 0

    def asked(self, story: Story, of: str = "stage") -> list[tuple[str, int]]:
        """(kind, number) of what holds the job in its present stay, by what it came with."""
        return sorted(set(_asked(story.jobs, of == "stage")), reverse=True)

    def contact(self, account: DemoAccount) -> Actor | None:
        """Who acts for the account in the portal, if anybody can."""
        if account.id not in self.known:
            links = AccountContact.objects.filter(account=account.id, login=True).select_related("contact")
            first = links.order_by("pk").first()
            self.known[account.id] = contact_actor(first.contact) if first else None
        return self.known[account.id]

    # All of it

    def finish(self, story: Story, of: str = "stage") -> bool:
        """Whatever the job waits for from the client is done and accepted; answers whether anything followed."""
        if story.ending or story.others:
            return self._finish_for_all(story, of)
        actions = []
        for kind, number in self.asked(story, of):
            if kind == "organizer":
                actions.append(self.submit(story.account, number))
            elif kind == "request":
                actions.append(self._accept(story, number))
            else:
                actions.append(self._tick(story, story.account, number))
        return any(actions)

    def _accept(self, story: Story, number: int) -> int | None:
        """What was sent through the portal is accepted; where nothing was, the papers have come by mail."""
        mover = self.history.mover(story)
        if RequestEntry.objects.filter(request=number, state="submitted").exists():
            self._send(story, number)
            return accept_all(mover, number).action
        item_kind("request").finish(mover, [number])
        return finish_links(mover, "request", [number])

    def _finish_for_all(self, story: Story, of: str) -> bool:
        """Jobs that go side by side: the firm has had the papers by mail."""
        actions: list[int | None] = []
        by_account = {each.account.id: each.account for each in (story, *story.others)}
        asked, mover = self.asked(story, of), self.history.mover(story)
        requests = [number for kind, number in asked if kind == "request"]
        if requests:
            item_kind("request").finish(mover, requests)
            actions.append(finish_links(mover, "request", requests))
        for kind, number in asked:
            if kind == "organizer":
                account = Organizer.objects.values_list("account_id", flat=True).get(pk=number)
                actions.append(self.submit(by_account[account], number))
            elif kind == "chat":
                account = Chat.objects.values_list("account_id", flat=True).get(pk=number)
                actions.append(self._tick(story, by_account[account], number))
        return any(actions)

    def submit(self, account: DemoAccount, number: int, in_haste: bool = False) -> int | None:
        """`in_haste`: what has to be answered, and nothing else."""
        answers = dict(self.answers(account, Organizer.objects.get(pk=number), in_haste))
        actor = self.contact(account) or self.history.demo.on_team(account, "preparer")
        return submit_organizer(actor, number, answers).action

    def _tick(self, story: Story, account: DemoAccount, chat: int) -> int | None:
        actor, action = self.contact(account) or self.history.mover(story), None
        left = ClientTask.objects.filter(chat=chat, ticked_at=None)
        for n in list(left.order_by("n").values_list("n", flat=True)):
            action = tick_task(actor, chat, n).action
        return action

    # A part of it

    def send(self, story: Story, everything: bool) -> None:
        """In the middle of a stay: the client sends all that is asked for, or begins with it and the firm looks."""
        actor = self.contact(story.account)
        if actor is None or story.held_now:
            return
        asked = self.asked(story)
        for kind, number in asked:
            if kind == "request":
                self._send(story, number, everything)
            elif kind == "organizer" and not everything:
                self._begin(story, number, alone=len(asked) == 1)

    def _begin(self, story: Story, number: int, alone: bool) -> None:
        """Answered halfway, or changed where last year filled it in; or submitted, where papers are asked for too."""
        actor, row = self.contact(story.account), Organizer.objects.get(pk=number)
        assert actor is not None
        changed = [(key, said) for key, said in self.texts["changed"].items() if key in row.read().by_key]
        answers = list(self.answers(story.account, row)) or changed
        chance = self.rng.random()
        if not alone and chance < 0.3 and not story.rich:
            submit_organizer(actor, number, dict(answers))
        elif story.rich or chance < 0.8:
            save_answers(actor, number, dict(answers[: max(2, len(answers) // 2)]))

    def _send(self, story: Story, number: int, everything: bool = True) -> None:
        row = ClientRequest.objects.get(pk=number)
        actor, mover = self.contact(story.account) or self.history.mover(story), self.history.mover(story)
        entries = list(row.entries.filter(state__in=("requested", "returned")).order_by("n"))
        wanted = [entry for entry in entries if entry.required]
        if everything and row.review:
            self._answer(actor, story, number, wanted, together=True)
        elif everything:
            self._answer(actor, story, number, wanted)
        elif row.review and len(wanted) > 1:
            sent = wanted[: self.rng.randint(1, len(wanted) - 1)] if not story.rich else wanted[:3]
            self._answer(actor, story, number, sent)
            self._look_at(mover, number, sent, story.rich)

    def _answer(
        self, actor: Actor, story: Story, number: int, entries: list[RequestEntry], together: bool = False
    ) -> None:
        """`together`: one scan of all papers, as most clients send it."""
        whole: list[int] = []
        for entry in entries:
            if entry.kind == "upload":
                if not (together and whole):
                    whole = [
                        self._store(actor, story.account.id, entry.title, "All papers" if together else "")
                    ]
                answer = EntryAnswer(files=tuple(whole))
            else:
                answer = EntryAnswer(self.texts["entries"].get(entry.title, self.texts["entry"]))
            submit_entry(actor, number, entry.n, answer)

    def _store(self, actor: Actor, account: int, title: str, name: str) -> int:
        if not name and self.rng.random() < 0.3:
            number = self.rng.randint(1021, 9840)
            return store_file(actor, account, f"IMG_{number}.png", [picture(number)]).pk
        return store_file(actor, account, f"{name or title[:40]}.pdf", [pdf(name or title, [actor.name])]).pk

    def _look_at(self, mover: Actor, number: int, sent: list[RequestEntry], rich: bool) -> None:
        """The firm accepts the first, returns one here and there, and has the others still to check."""
        if len(sent) > 1 and (rich or self.rng.random() < 0.6):
            accept_entry(mover, number, sent[0].n)
        if len(sent) > 1 and sent[1].kind == "upload" and (rich or self.rng.random() < 0.25):
            reason = self.texts["returned"][self.returned % len(self.texts["returned"])]
            self.returned += 1
            return_entry(mover, number, sent[1].n, reason)

    def answers(
        self, account: DemoAccount, row: Organizer, in_haste: bool = False
    ) -> Iterator[tuple[str, Any]]:
        """What the account's client answers to each question that is shown and has no answer yet, in order."""
        content, given = row.read(), given_answers(row)
        for question in content.questions:
            if question not in shown(content, given) or not question.asks or question.type == "file":
                continue
            if given.get(question.key) is None and (question.required or not in_haste):
                given[question.key] = self._answer_to(account, question)
                yield question.key, given[question.key]

    def _answer_to(self, account: DemoAccount, question: Any) -> Any:
        said = self.texts
        if question.key == "services":
            more = [service for tag, service in said["services"].items() if tag in account.tags]
            return ["Tax returns", *more]
        if question.type == "yes_no":
            yes = {said["with_yes"].get(tag) for tag in account.tags}
            return question.key in yes or said["organizers"].get(question.key, False) is True
        answer = said["organizers"].get(question.key)
        if question.options:
            given = answer if isinstance(answer, list) else [answer]
            fits = [each for each in given if each in question.options] or [question.options[0]]
            return fits if question.type == "several_of" else fits[0]
        if isinstance(answer, str):
            return answer
        return said["organizers_by_type"].get(question.type)


@composed
def _asked(jobs: Collection[int], of_stage: bool) -> QuerySet[LinkedItem, tuple[str, int]]:
    open_links = LinkedItem.objects.filter(job__in=jobs, kind__in=_ITEMS, finished_at=None, holds=True)
    here = open_links.filter(visit=F("job__visit"), status__isnull=of_stage)
    return here.values_list("kind", "item")
