"""Is the random driver worth its time with items that ask clients? As `test_driver.py`, with mistakes of their own."""

# ruff: noqa: E501

from types import ModuleType
from typing import Any

import pytest

from . import asking, asking_fake
from .asking_driver import AskingDriver
from .asking_product import AskingProduct
from .driver import Divergence
from .fake import ORIGIN
from .test_driver import with_mistake

MISTAKES = {
    "an archived organizer counts as submitted": ('or (self.kind == "organizer" and self.phase == PUT_AWAY)', ""),
    "an archived request holds": ("and self.phase == PUT_AWAY and not self.finished  # D13", "and False"),
    "a chat without client tasks holds": ('bool(self.ticks) if self.kind == "chat" else not put_away', "not put_away"),
    "A11 asked though there is nobody": ("            raise No(BROKEN_RULE)  # A11", "            pass"),
    "A11 what a refused run has sent stays": ("if self.items[it.id : it.id + 1] == [it]]", "]"),
    "D15 last time's answers are forgotten": ("self._counting(max(done, key=lambda it: it.finished)) if done else {}", "{}"),
    "D21 mailed though he cannot sign in": ('contact["notify"] and contact["login"] and job', 'contact["notify"] and job'),
    "L1 a link by hand is of no stay": ("self._scope(self.jobs[job])  # L1", "0"),
    "L1 finishing releases one job": ("sorted({*it.on} - {*but})", "sorted({*it.on} - {*but})[:1]"),
    "L7 unlinking judges nothing": ("        self.items[asked].touched += 1\n        self._judge(self.jobs[job])", "        self.items[asked].touched += 1"),
    "A4 a question that is not shown is needed": ("in self._shown(it, answers) if q.get", 'in it.body["questions"] if q.get'),
    "A4 answers are not seen": ('self.answers(job).get(wanted["question"]) == wanted["is"]', "False"),
    "A4 answers count before they are submitted": ('if job.id in it.on and it.phase == "submitted"]', "if job.id in it.on]"),
    "submitted though an answer is missing": ("if it.phase != OPEN or self._gaps(it, it.answers | answers):", "if it.phase != OPEN:"),
    "L6 no tags": ("        for question in it.body[\"questions\"]:  # L6", "        for question in ():  # L6"),
    "L6 tags after automove": ("        self._submit(it)\n        self._release(it)", "        tags = self.accounts[it.account].tags\n        self._submit(it)\n        new, self.accounts[it.account].tags = self.accounts[it.account].tags, tags\n        self._release(it)\n        self.accounts[it.account].tags = new"),
    "unsubmitting does nothing": ("            self._touch(it, OPEN)\n\n    def archive_org", "            pass\n\n    def archive_org"),
    "submitted ones are archived": ('        if it.phase == "submitted":\n            return Answer(BROKEN_RULE)\n', ""),
    "nothing needs review": ('("accepted",) if it.body.get("review", True) else', ""),
    "everything needs review": ('else ("submitted", "accepted")', 'else ("accepted",)'),
    "what is not required is needed": ("in it.entries.values() if entry.required]", "in it.entries.values()]"),
    "what is critical is not needed": ("return enough and all(e.state in done for e in needed if e.critical)", "return enough"),
    "the percentage is ignored": ("ceil(len(rest) * percent / 100)", "len(rest)"),
    "half of one is none": ("ceil(len(rest) * percent / 100)", "int(len(rest) * percent / 100)"),
    "L8 returning reopens nothing": ('elif not self._is_finished(it) and it.phase == "finished":', "elif False:"),
    "finishing a request releases nothing": ('self._finish(it, "finished")\n            self._release(it)', 'self._finish(it, "finished")'),
    "what was accepted is sent again": ('it.phase == PUT_AWAY or entry.state == "accepted":', "it.phase == PUT_AWAY:"),
    "accepted before it came": ('        if it.phase == PUT_AWAY or entry.state == "requested":\n            return Answer(BROKEN_RULE)\n        if entry.state == "returned"', '        if it.phase == PUT_AWAY:\n            return Answer(BROKEN_RULE)\n        if entry.state == "returned"'),
    "the mail of what came back stays": ('            self._take_back(it, "returned", n, entry.returns)', "            pass"),
    "the last that is needed is withdrawn": ("or answered or not any(entry.required for entry in left):", "or answered:"),
    "archiving a request judges nothing": ('self._take_back(it, "asked")\n            self._release(it)', 'self._take_back(it, "asked")'),
    "restoring a request loses that it was finished": ('"finished" if it.finished else OPEN', "OPEN"),
    "one tick is enough": ("it.phase == OPEN and all(it.ticks.values()):", "it.phase == OPEN:"),
    "L8 unticking reopens nothing": ('elif not done and it.phase == "done":  # L8', "elif False:"),
    "ticked after closing": ('        if it.phase == "closed":\n            return Answer(BROKEN_RULE)\n        it.ticks[title] = done', "        it.ticks[title] = done"),
    "closing releases nothing": ("if was == OPEN:", "if False:"),
    "D17 writing waits anew": ('self._touch(it, "done" if it.phase == "closed" and', 'self._touch(it, OPEN if it.phase == "closed" and'),
    "reopening a chat does nothing": ('if it.phase == "closed":\n            self._touch(it, "done" if it.ticks', 'if False:\n            self._touch(it, "done" if it.ticks'),
    "M3 unlink keeps linked": ("                del it.on[job.id]\n", ""),
    "M3 finished without what is needed": ("            raise No(BROKEN_RULE)\n        super()._settle", "            pass\n        super()._settle"),
    "L1 M3 releases no other job": ("for it, job in freed if", "for it, job in () if"),
    "M9 undo leaves what was sent": ("if it.made_by == action and not it.touched:", "if False:"),
    "M9 undo removes touched items": ("if it.made_by == action and not it.touched:", "if it.made_by == action:"),
    "M9 undo leaves finished what the move finished": ("elif touched is None and it.worked == worked:", "elif False:"),
    "M9 undo leaves unlinked what the move unlinked": ("            if it.touched == touched:\n", "            if False:\n"),
    "P1 what was sent still waits": ('{"requested", "returned"} if it.phase == OPEN', '{"requested", "submitted", "returned"} if it.phase == OPEN'),
    "P1 nothing that came back waits": ('{"returned"}\n', "set()\n"),
    "P1 a chat without tasks waits": ('(it.kind == "organizer" or not all(it.ticks.values()))', '(it.kind == "organizer" or not it.ticks or not all(it.ticks.values()))'),
    "P1 told of with an archived job": (" if self.jobs[job].status != ARCHIVED]", "]"),
}  # fmt: skip


def drive(seed: int, operations: int, model_module: ModuleType = asking) -> AskingDriver:
    fake = asking_fake.AskingFake(model_module.AskingModel())

    def letters(emails: list[str]) -> dict[str, str]:
        return {email: email for email in emails}

    def browse(link: str) -> Any:
        return asking_fake.FakePortal(fake, link)

    driver = AskingDriver(AskingProduct(ORIGIN, "", fake, letters=letters, browse=browse), seed)
    driver.run(operations)
    return driver


@pytest.mark.parametrize("seed", [1])
def test_finds_nothing_in_a_right_product(seed):
    driver = drive(seed, 1500)
    never = {operation.__name__ for operation in driver.weights} - driver.counts.keys()
    assert not never, f"operations that the driver never came to: {never}"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_finds_a_mistake_in_the_rules(mistake):
    broken = with_mistake(asking, *MISTAKES[mistake])
    for seed in range(1, 12):
        try:
            drive(seed, 600, broken)
        except (Divergence, AssertionError):
            return
    raise AssertionError("not found")
