"""Is the random driver worth its time? It must find nothing in a right product, and each of these mistakes.

The stand-in product is the model behind the API; a mistake is one changed line in the model's text.
"""

# ruff: noqa: E501

import sys
from pathlib import Path
from types import ModuleType

import pytest

from . import fake, model
from .driver import Divergence, Driver
from .product import Product

MISTAKES = {
    "S3 restoring judges automove": ("if was != ARCHIVED:  # S3", "if True:"),
    "S7 a custom status automoves": ("while job.status == ACTIVE:", "while job.status not in (COMPLETED, ARCHIVED):"),
    "S2 a completed job automoves": ("while job.status == ACTIVE:", "while job.status in (ACTIVE, COMPLETED):"),
    "S8 the status never ends by itself": ("if job.status_visit and self", "if False and self"),
    "S8 the status ends with nothing finished": ("self.linked(job, job.status_visit) and not", "not"),
    "S9 back to Active does not look at the stage": ("= ACTIVE, action.id\n        self._go_on(job, action)", "= ACTIVE, action.id"),
    "S10 Active by hand does not look at the stage": ("            self._go_on(job, action)\n        return True\n\n    def change", "            pass\n        return True\n\n    def change"),
    "S11 items of the status before count": ("job.status_visit = self.tick()", "job.status_visit = job.visit + 10**6"),
    "S15 never restores": ("if restore and job.kept and", "if False and"),
    "S15 restores over a change": ("job.kept and job.block == job.kept[1]:", "job.kept:"),
    "S15 restores on archiving": ("restore=status != ARCHIVED", "restore=True"),
    "S15 restores without being asked to": ('custom.get("restore_client_status")', "True"),
    "C2 an override follows the list": ("if block.override is None else block.override", ""),
    "C2 another status keeps the old override": ('status=given["status"], override=None', 'status=given["status"]'),
    "C3 the tailored description is lost": ('spec.get("show"), spec.get("description")', 'spec.get("show"), None'),
    "C3 hiding forgets the status": ("replace(job.block, shown=False) if", "Block() if"),
    "C5 a stage without automation resets the block": ("self.tick(), action.id", "self.tick(), action.id\n        job.block = Block()"),
    "C6 the person's choice is ignored": ("job.block.laid_over(client_status or {})  # C6", "job.block"),
    "C7 the answer is ignored": ("*(() if ask else told)", "*()"),
    "C9 archived jobs are shown": ("j.block.shown and j.status != ARCHIVED", "j.block.shown"),
    "C9 hidden jobs are shown": ("j.account == account and j.block.shown", "j.account == account"),
    "C11 deleted though in use": ("if replace_by is None and any", "if False and any"),
    "A3 later automations see the tags from before": ('in place.get("on_entry", []):', 'in [a for a in place.get("on_entry", []) if self.holds(a.get("when"), job)]:'),
    "A4 an automation's condition is ignored": ('wanted and self.holds(automation.get("when"), job)', "wanted"),
    "A4 none of": ("frozenset.isdisjoint", "lambda mine, tags: True"),
    "A4 not": ("lambda part: not self.holds(part, job)", "lambda part: self.holds(part, job)"),
    "A4 any": ("any(self.holds(part, job)", "all(self.holds(part, job)"),
    "A5 a stage's condition is ignored": ('if self.holds(s.get("when"), job))', ")"),
    "A7 jumped stages run": ("            there = next(", "            self._run(stages[at + 1], job, job.visit, action)\n            there = next("),
    "A11 nobody to write to does not matter": ("                raise No(BROKEN_RULE)  # A11", "                pass"),
    "A11 tags survive a refused run": ("self.accounts[account].tags = tags\n            for one", "for one"),
    "A11 the job stays half entered": ("vars(one).update(was)", "pass"),
    "A11 nothing is recorded": ("job.failures += 1", "pass"),
    "A12 one refusal stops all": ("refused[job.id] = no.args[0]", "refused[job.id] = no.args[0]\n                break"),
    "A13 loops end quietly": ("                raise No(BROKEN_RULE)\n            skip,", "                return\n            skip,"),
    "disabled automations run": ('automation.get("enabled", True) and', ""),
    "M2 unticked automations run": ('automation["key"] not in action.skip', "True"),
    "T3 a role means one person": ("roles.get(n[5:], ())", "roles.get(n[5:], ())[:1]"),
    "T3 an empty role keeps those assigned": ('who.get("replace", job.assignees)', '(who.get("replace") or job.assignees)'),
    "tags are not cleared": ('if spec.get("clear")', "if False"),
    "L2 items of an earlier visit count": ("self.tick(), action.id", "job.visit or self.tick(), action.id"),
    "L4 no going on": ("        while job.status == ACTIVE:", "        if job.status == ACTIVE:"),
    "L5 nothing finished, and yet it goes": ("or not (here or through)", ""),
    "L5 pass_through is ignored": ("not (here or through)", "not here"),
    "L7 unlinking judges nothing": ("  # L9\n        self._judge(self.jobs[job])", ""),
    "cancelled does not count as finished": ("            self._judge(self.jobs[self.items[item].job])", '            state == "completed" and self._judge(self.jobs[self.items[item].job])'),
    "M3 finish keeps open": ('self._set(item, state="completed") if', "None if"),
    "M3 unlink keeps linked": ("if finish else self._unlink(item)", "if finish else None"),
    "M7 the same stage is entered again": ("            return False  # M7", "            pass"),
    "M8 the custom status stays": ("self._leave_custom(job, restore=False)\n", "pass\n"),
    "M8 Completed becomes Active": ("COMPLETED if job.status == COMPLETED else ACTIVE", "ACTIVE"),
    "M9 undo sends the e-mails": ("if mail[0] != action)", ")"),
    "M9 undo leaves its items": ("and not i.touched):", "and False):"),
    "M9 undo removes touched items": ("and not i.touched):", "):"),
    "M9 undo leaves the tags": ('((self.accounts[job.account], "tags"), (job, "assignees"))', '((job, "assignees"),)'),
    "M9 undo leaves the assignees": ('((self.accounts[job.account], "tags"), (job, "assignees"))', '((self.accounts[job.account], "tags"),)'),
    "M9 undo leaves the client's block": ('for name in ("block", "priority")', 'for name in ("priority",)'),
    "M9 undo leaves the priority": ('for name in ("block", "priority")', 'for name in ("block",)'),
    "M9 undo overwrites what was changed since": ("if getattr(job, name) == after[name]]", "]"),
    "M9 undo starts a new visit": ('"visit", "status", "status_visit"', '"status", "status_visit"'),
    "M9 undo after a later move": ("or any(step[0].action != action for step in done.steps)", ""),
}  # fmt: skip

MISTAKES_AROUND = {
    "F1 a preview does it": ('if "preview" in query:', 'if getattr(self.model, verb)([n], **body) and "preview" in query:'),
    "M12 a repeated request counts twice": ("if key not in self.answers:", "if True:"),
    "M13 the last writer wins": ("if self.if_match and", "if False and"),
    "a change is answered and not kept": ("        self.model.change(int(n), **body | assignees)\n        return self.read_job(int(n))", "        job = vars(self.model.jobs[int(n)])\n        kept = job.copy()\n        self.model.change(int(n), **body | assignees)\n        told = self.read_job(int(n))\n        job.update(kept)\n        return told"),
    "a change is kept and not answered": ("        self.model.change(int(n), **body | assignees)\n        return self.read_job(int(n))", "        told = self.read_job(int(n))\n        self.model.change(int(n), **body | assignees)\n        return told"),
    "a move is answered as it was before": ("        answer = getattr(self.model, verb)(jobs, bulk=bulk, **body)\n", "        before = [self.read_job(job) for job in jobs]\n        answer = getattr(self.model, verb)(jobs, bulk=bulk, **body)\n        if not bulk and answer.status == OK:\n            return self.words(answer) | {\"job\": before[0]}\n"),
    "L1 a scope asked for is ignored": ('b["title"], b.get("scope")', 'b["title"]'),
}  # fmt: skip


def with_mistake(module: ModuleType, right: str, wrong: str) -> ModuleType:
    text = Path(module.__file__).read_text()
    assert text.count(right) == 1, "the line is no longer there, or no longer alone: adapt the list"
    broken = ModuleType(f"{module.__name__}_with_a_mistake")
    broken.__package__ = module.__package__
    sys.modules[broken.__name__] = broken  # where dataclasses look their module up
    exec(compile(text.replace(right, wrong), broken.__name__, "exec"), vars(broken))
    return broken


def drive(
    seed: int, operations: int, *, model_module: ModuleType = model, fake_module: ModuleType = fake
) -> Driver:
    product = Product(fake.ORIGIN, "", fake_module.Fake(model_module.Model()))
    driver = Driver(product, seed)
    driver.run(operations)
    return driver


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_finds_nothing_in_a_right_product(seed):
    driver = drive(seed, 1500)
    never = {operation.__name__ for operation in driver.weights} - driver.counts.keys()
    assert not never, f"operations that the driver never came to: {never}"


def found(**modules: ModuleType) -> str | None:
    for seed in range(1, 12):
        try:
            drive(seed, 600, **modules)
        except (Divergence, AssertionError) as difference:
            return str(difference)
    return None


@pytest.mark.parametrize("mistake", MISTAKES)
def test_finds_a_mistake_in_the_rules(mistake):
    assert found(model_module=with_mistake(model, *MISTAKES[mistake])), "not found"


@pytest.mark.parametrize("mistake", MISTAKES_AROUND)
def test_finds_a_mistake_in_the_api(mistake):
    assert found(fake_module=with_mistake(fake, *MISTAKES_AROUND[mistake])), "not found"
