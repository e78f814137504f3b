"""What happens beside the way of the jobs: talks, shared papers, last year's questionnaires, followed accounts."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from clearstage.chats.operations.beginning import NewChat, begin_on_account, begin_on_job
from clearstage.chats.operations.messages import post_message
from clearstage.files.operations.storing import store_file
from clearstage.kernel import clock
from clearstage.messaging.operations.comments import comment_on_job
from clearstage.messaging.operations.following import follow_account
from clearstage.organizers.operations.making import send_organizer
from clearstage.organizers.operations.submitting import unsubmit_organizer

from .papers import pdf
from .setting_up import told

if TYPE_CHECKING:
    from .history import History
    from .stories import Story

_QUESTIONS = "Individual tax organizer (US)"
_ASKING = "Organizer and documents"


class Asides:
    def __init__(self, history: History) -> None:
        self.history, self.clients, self.time = history, history.clients, history.time
        self.rng, self.texts = history.rng, told("answers")

    def plan(self, stories: list[Story]) -> None:
        at, last = self.history.at, self.time.last
        for story in self._of_last_year(stories):
            at(story.places[0] + 2, self._send_last_years, story)
        standing = [story for story in stories if not (story.ending or story.stuck or story.held)]
        standing = [story for story in standing if last - story.places[-1] > 12]
        standing.sort(key=lambda story: not (story.rich and "books" in (story.name or "")))
        for story, said in zip(standing[:1] + standing[1::9], self.texts["chats"], strict=False):
            at(max(story.places[-1] + 2, last - 90), self._talk, story, said)
        for story, said in zip(standing[2::9], self.texts["begun_by_clients"], strict=False):
            at(last - 30, self._begin, story, said)
        for story in [story for story in standing if story.rich]:
            at(last - 70, self._share, story)
            at(last - 50, self._mention, story)
            at(last - 69, follow_account, self.history.demo.people["eleanor"], story.account.id)
        asking = [story for story in standing if story.pipeline.facts.stages[story.path[-1]].name == _ASKING]
        for story in islice((story for story in asking if not story.rich), 1):
            at(last - 40, self._submit_too_early, story)

    # Questionnaires

    def _of_last_year(self, stories: list[Story]) -> list[Story]:
        over = [story for story in stories if story.ending and story.run.template == "Individual return"]
        over.sort(key=lambda story: not story.rich)
        return [story for story in over if story.path[0] > 0][:3]

    def _send_last_years(self, story: Story) -> None:
        mover, year = self.history.mover(story), self.time.today.year - 2
        number = send_organizer(mover, story.job, _QUESTIONS, title=f"Your {year} tax questionnaire")
        self.clients.submit(story.account, number, in_haste=True)

    def _submit_too_early(self, story: Story) -> None:
        """The client sends it off, and calls: something is to be changed."""
        numbers = [number for kind, number in self.clients.asked(story) if kind == "organizer"]
        for number in numbers:
            self.clients.submit(story.account, number)
            unsubmit_organizer(self.history.mover(story), number)

    # Conversations

    def _talk(self, story: Story, said: dict[str, Any]) -> None:
        actor, mover = self.clients.contact(story.account), self.history.mover(story)
        if actor is None:
            return
        text = said["text"].format(first=actor.name.split()[0])
        chat = begin_on_job(mover, story.job, NewChat(said["subject"], text, tuple(said["tasks"])))
        now = self.time.before(clock.now())
        self.history.at(now + 6, post_message, actor, chat, said["reply"])
        partner = self.history.demo.on_team(story.account, "reviewer")
        self.history.at(now + 9, self._note, partner, chat, said["note"])
        if said["answer"]:
            self.history.at(now + 11, post_message, mover, chat, said["answer"])

    def _note(self, actor: Any, chat: int, text: str) -> None:
        post_message(actor, chat, text, internal=True)

    def _begin(self, story: Story, said: dict[str, Any]) -> None:
        actor = self.clients.contact(story.account)
        if actor is None:
            return
        chat = begin_on_account(actor, story.account.id, NewChat(said["subject"], said["text"]))
        if said["answer"]:
            mover = self.history.mover(story)
            self.history.at(self.time.before(clock.now()) + 8, post_message, mover, chat, said["answer"])

    def _mention(self, story: Story) -> None:
        asker, asked = self.history.mover(story), self.history.demo.on_team(story.account, "reviewer")
        comment_on_job(asker, story.job, self.texts["mention"].format(name=asked.name))

    # Papers

    def _share(self, story: Story) -> None:
        mover, account = self.history.mover(story), story.account
        for name, line, shared in self.texts["shared"]:
            content = pdf(name, [account.given.name, line])
            store_file(mover, account.id, f"{name}.pdf", [content], shared=shared)
