"""The second half of the reference model: what clients are asked for (chats, requests, organizers).

Like `model.py`: from the rule book alone. An asked item is not in `job.items`: `on` says which jobs it hangs on, each
with the visit it was linked in (L1). Decisions where the book is silent:

D13  An archived organizer still holds; an archived request does not, and its jobs are judged as if it were unlinked.
D14  An item linked when it was finished already counts as something finished in that visit.
D15  The answers of an account's last submitted organizer of the same template stand in a new one as given.
     Conditions (A4) look at the submitted organizers of the job, the later submission counting more.
D16  What is accepted or finished may be returned; a finished request asks for nothing but what came back.
D17  Writing in a closed chat opens the conversation, and nothing waits anew; a client task added or unticked waits.
D18  M3: an organizer is finished only where no required answer is missing, else the move is refused; a request by
     accepting everything; a chat by closing it; all before the job enters. Undo takes back an organizer's tags, too.
D19  Linking and unlinking an item is touching it.
D20  By hand, as by automation, nothing is sent where the account has nobody to ask (A11, M11).
D21  Contacts are mailed who are both to be notified and can sign in. A mail is taken back with what it tells of.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from types import SimpleNamespace

from .model import ARCHIVED, BROKEN_RULE, OK, OPEN, Answer, Model, No

PUT_AWAY, CLOSED_BY = "archived", {"request": "finished", "chat": "closed"}
KIND_OF = {"organizer": "organizer", "request": "request", "message": "chat"}  # by automation


@dataclass(eq=False)
class Asked:
    id: int
    kind: str
    title: str
    account: str
    made_by: int
    body: dict
    on: dict[int, int] = field(default_factory=dict)  # the visit it was linked in, by job
    phase: str = OPEN  # or submitted, finished, done, closed, archived
    touched: int = 0  # how often somebody has changed or linked it
    worked: int = 0  # how often somebody has changed it
    answers: dict = field(default_factory=dict)
    entries: dict = field(default_factory=dict)
    given: int = 0  # the last number of an entry
    ticks: dict[str, bool] = field(default_factory=dict)
    finished: int = 0  # the moment
    job: int = -1  # see `on`

    @property
    def state(self):  # D13
        held = self.phase == OPEN or (self.kind == "organizer" and self.phase == PUT_AWAY)
        return OPEN if held else self.phase

    @property
    def holds(self):  # not a chat without client tasks
        put_away = self.kind == "request" and self.phase == PUT_AWAY and not self.finished  # D13
        return bool(self.ticks) if self.kind == "chat" else not put_away


class AskingModel(Model):
    def __init__(self):
        super().__init__()
        self.templates = {}  # by (kind of item, name)
        self.made, self.settled = defaultdict(list), defaultdict(list)  # by account, by action
        self.freed = []  # items finished by a move, whose other jobs are not judged yet

    def asked(self, account):  # without those of refused runs (A11)
        return [it for it in self.made[account] if self.items[it.id : it.id + 1] == [it]]

    def _do(self, kind, spec, job, scope, action):
        make = partial(self._ask, KIND_OF[kind]) if kind in KIND_OF else partial(super()._do, kind)
        make(spec, job, scope, action)

    def _ask(self, kind, spec, job, scope, action):
        contacts = self.accounts[job.account].contacts
        if not any(contact["login"] or contact["notify"] for contact in contacts):
            raise No(BROKEN_RULE)  # A11
        body = self.templates[kind, spec["template"]] if "template" in spec else spec
        title = body.get("title") or body.get("subject") or spec["template"]
        it = Asked(len(self.items), kind, title, job.account, action.id, body, {job.id: scope})
        it.answers = self._last_answers(it) if kind == "organizer" else {}
        it.ticks = dict.fromkeys(body.get("tasks", ()), False)
        for entry in body.get("entries", ()):
            self._enlist(it, **entry)
        self.items.append(it)
        self.made[it.account].append(it)
        self._mail(it, job.id, "asked")

    def _enlist(self, it, title, required=True, critical=False, kind="either"):
        it.given += 1  # never twice
        known = {"title": title, "required": required, "critical": critical, "kind": kind, "reason": None}
        it.entries[it.given] = SimpleNamespace(state="requested", returns=0, said=None, **known)

    def _last_answers(self, new):  # D15
        done = [it for it in self.asked(new.account) if it.body == new.body and it.phase == "submitted"]
        return self._counting(max(done, key=lambda it: it.finished)) if done else {}

    def _mail(self, it, job, *what):  # D21
        for contact in self.accounts[it.account].contacts:
            if contact["notify"] and contact["login"] and job is not None:
                self.jobs[job].mails += (((it.id, *what), contact["email"]),)

    def _take_back(self, it, *what):
        for job in self.jobs:
            job.mails = tuple(mail for mail in job.mails if mail[0] != (it.id, *what))

    def ask(self, job, kind, scope=None, **spec):  # by hand
        try:
            self._ask(kind, spec, self.jobs[job], self._scope(self.jobs[job], scope), self._action())
        except No as no:
            return Answer(no.args[0])

    def linked(self, job, scope):  # L2: what holds, or has held
        asked = [it for it in self.asked(job.account) if it.holds and it.on.get(job.id) == scope]
        return super().linked(job, scope) + asked

    def link_asked(self, job, asked):
        self.items[asked].on[job] = self._scope(self.jobs[job])  # L1
        self.items[asked].touched += 1

    def unlink_asked(self, job, asked):
        del self.items[asked].on[job]  # L9
        self.items[asked].touched += 1
        self._judge(self.jobs[job])

    def _touch(self, it, phase=None):
        it.touched, it.worked, it.phase = it.touched + 1, it.worked + 1, phase or it.phase

    def _finish(self, it, phase):
        it.phase, it.finished = phase, self.tick()

    def _release(self, it, but=()):  # L1, L7
        for job in sorted({*it.on} - {*but}):
            self._judge(self.jobs[job])

    # ---- organizers

    def _shown(self, it, answers):
        shown = []
        for question in it.body["questions"]:
            when = question.get("shown_if")
            if not when or (when["question"] in shown and answers.get(when["question"]) == when["is"]):
                shown.append(question["key"])
        return [question for question in it.body["questions"] if question["key"] in shown]

    def _counting(self, it):
        keys = [question["key"] for question in self._shown(it, it.answers)]
        return {key: it.answers[key] for key in keys if it.answers.get(key)}

    def _gaps(self, it, answers):
        return [q for q in self._shown(it, answers) if q.get("required") and not answers.get(q["key"])]

    def answers(self, job):  # A4
        done = [it for it in self.asked(job.account) if job.id in it.on and it.phase == "submitted"]
        found = {}
        for it in sorted(done, key=lambda it: it.finished):
            found |= self._counting(it)
        return found

    def holds(self, when, job):
        rest = dict(when or {})
        wanted = rest.pop("answer", None)
        given = wanted is None or self.answers(job).get(wanted["question"]) == wanted["is"]
        return given and super().holds(rest, job)

    def answer_organizer(self, asked, answers, by=None):  # saved as he types
        it = self.items[asked]
        if it.phase != OPEN:
            return Answer(BROKEN_RULE)
        if any(it.answers.get(key) != value for key, value in answers.items()):
            it.answers |= answers
            self._touch(it)

    def submit(self, asked, answers=None, by=None):
        it, answers = self.items[asked], answers or {}
        if it.phase == "submitted" and all(it.answers.get(k) == v for k, v in answers.items()):
            return None  # M12
        if it.phase != OPEN or self._gaps(it, it.answers | answers):
            return Answer(BROKEN_RULE)
        it.answers |= answers
        self._submit(it)
        self._release(it)

    def _submit(self, it):
        self._touch(it)
        self._finish(it, "submitted")
        account, given = self.accounts[it.account], self._counting(it)
        for question in it.body["questions"]:  # L6: before automove is judged
            for rule in question.get("tags", ()):
                if given.get(question["key"]) == rule["when"]:
                    account.tags = (account.tags - set(rule.get("remove", ()))) | set(rule.get("add", ()))

    def unsubmit(self, asked):  # L8
        it = self.items[asked]
        if it.phase != OPEN:
            self._touch(it, OPEN)

    def archive_organizer(self, asked):
        it = self.items[asked]
        if it.phase == "submitted":
            return Answer(BROKEN_RULE)
        if it.phase == OPEN:
            self._touch(it, PUT_AWAY)

    # ---- requests

    def _is_finished(self, it):
        done = ("accepted",) if it.body.get("review", True) else ("submitted", "accepted")
        needed = [entry for entry in it.entries.values() if entry.required]
        rest = [entry for entry in needed if not entry.critical]
        percent = it.body.get("finish", {}).get("rest_percent", 100)
        enough = sum(e.state in done for e in rest) >= ceil(len(rest) * percent / 100)
        return enough and all(e.state in done for e in needed if e.critical)

    def _stand(self, it):
        self._touch(it)
        if self._is_finished(it) and it.phase == OPEN:
            self._finish(it, "finished")
            self._release(it)
        elif not self._is_finished(it) and it.phase == "finished":  # L8
            it.phase, it.finished = OPEN, 0

    def submit_entry(self, asked, n, said, by=None):
        it, entry = self.items[asked], self.items[asked].entries[n]
        if it.phase == PUT_AWAY or entry.state == "accepted":
            return Answer(BROKEN_RULE)
        if (entry.state, entry.said) != ("submitted", said):
            entry.state, entry.said = "submitted", said  # also that it does not apply
            self._stand(it)

    def accept_entry(self, asked, n):
        it, entry = self.items[asked], self.items[asked].entries[n]
        if it.phase == PUT_AWAY or entry.state == "requested":
            return Answer(BROKEN_RULE)
        if entry.state == "returned":
            self._take_back(it, "returned", n, entry.returns)
        if entry.state != "accepted":
            entry.state = "accepted"
            self._stand(it)

    def accept_all(self, asked):
        it = self.items[asked]
        submitted = [entry for entry in it.entries.values() if entry.state == "submitted"]
        if it.phase == PUT_AWAY:
            return Answer(BROKEN_RULE)
        for entry in submitted:
            entry.state = "accepted"
        if submitted:
            self._stand(it)

    def return_entry(self, asked, n, reason):  # D16
        it, entry = self.items[asked], self.items[asked].entries[n]
        if it.phase == PUT_AWAY or entry.state == "requested":
            return Answer(BROKEN_RULE)
        if (entry.state, entry.reason) != ("returned", reason):
            entry.state, entry.reason, entry.returns = "returned", reason, entry.returns + 1
            self._mail(it, min(it.on, default=None), "returned", n, entry.returns)
            self._stand(it)

    def add_entry(self, asked, title, required, critical):
        it = self.items[asked]
        if it.phase != OPEN:
            return Answer(BROKEN_RULE)
        self._enlist(it, title, required, critical)
        self._mail(it, min(it.on, default=None), "added", it.given)
        self._touch(it)

    def withdraw_entry(self, asked, n):
        it = self.items[asked]
        left = [entry for m, entry in it.entries.items() if m != n]
        answered = it.entries[n].state in ("submitted", "accepted")
        if it.phase != OPEN or answered or not any(entry.required for entry in left):
            return Answer(BROKEN_RULE)
        del it.entries[n]
        self._take_back(it, "added", n)
        self._stand(it)

    def archive_request(self, asked):  # D13
        it = self.items[asked]
        if it.phase != PUT_AWAY:
            self._touch(it, PUT_AWAY)
            self._take_back(it, "asked")
            self._release(it)

    def restore_request(self, asked):
        it = self.items[asked]
        if it.phase == PUT_AWAY:
            self._touch(it, "finished" if it.finished else OPEN)

    # ---- chats

    def tick_task(self, asked, n, done, by=None):
        it = self.items[asked]
        title = list(it.ticks)[n - 1]
        if it.ticks[title] == done:
            return None  # M12
        if it.phase == "closed":
            return Answer(BROKEN_RULE)
        it.ticks[title] = done
        self._touch(it)
        if done and it.phase == OPEN and all(it.ticks.values()):
            self._finish(it, "done")
            self._release(it)
        elif not done and it.phase == "done":  # L8
            it.phase = OPEN

    def write(self, asked, text, internal=False, by=None):  # D17
        it = self.items[asked]
        self._touch(it, "done" if it.phase == "closed" and not internal else None)

    def add_client_task(self, asked, title):
        it = self.items[asked]
        if it.phase == "closed":
            return Answer(BROKEN_RULE)
        it.ticks[title] = False
        self._touch(it, OPEN)

    def close_chat(self, asked):
        it = self.items[asked]
        if it.phase != "closed":
            was = it.phase
            self._touch(it)
            self._finish(it, "closed")
            if was == OPEN:
                self._release(it)

    def reopen_chat(self, asked):
        it = self.items[asked]
        if it.phase == "closed":
            self._touch(it, "done" if it.ticks and all(it.ticks.values()) else OPEN)

    def _settle(self, job, unfinished, action):  # M3, D18
        chosen = [it for it in self.asked(job.account) if unfinished.get(it.id, "keep") != "keep"]
        finish = [it for it in chosen if unfinished[it.id] == "finish"]
        if any(it.kind == "organizer" and self._gaps(it, it.answers) for it in finish):
            raise No(BROKEN_RULE)
        super()._settle(job, unfinished, action)
        for it in chosen:
            before = deepcopy(vars(it))
            if it not in finish:
                del it.on[job.id]
                it.touched += 1
            elif it.kind == "organizer":
                self._submit(it)
            else:
                for entry in it.entries.values():
                    entry.state = "accepted"
                self._touch(it)
                self._finish(it, CLOSED_BY[it.kind])
            self.freed += [(it, job.id)] if it in finish else []
            self.settled[action.id].append((it, before, None if it in finish else it.touched, it.worked))

    def _command(self, jobs, bulk, skip, step, items=()):
        answer = super()._command(jobs, bulk, skip, step, items)
        freed, self.freed = self.freed, []
        for it, job in freed if answer.status == OK else ():  # L1
            self._release(it, but={job})
        return answer

    def undo(self, action):
        refused = super().undo(action)
        if refused:
            return refused
        for it in [it for account in self.made for it in self.asked(account)]:
            if it.made_by == action and not it.touched:
                it.on, it.phase = {}, "gone"
                self._take_back(it, "asked")
        for it, before, touched, worked in self.settled[action]:
            if it.touched == touched:
                it.on = before["on"]
            elif touched is None and it.worked == worked:
                vars(it).update(before, on=it.on, touched=it.touched, worked=it.worked)

    def see_asked(self, it):
        entries = {n: (entry.title, entry.state) for n, entry in it.entries.items()}
        answers = {key: value for key, value in it.answers.items() if value}
        return f"{it.kind} {it.phase}: {dict(sorted((answers or entries or it.ticks).items()))}"

    def see_job(self, job):
        seen = super().see_job(job)
        seen["items"] += [
            (it.title, self.see_asked(it)) for it in self.asked(seen["account"]) if job in it.on
        ]
        return seen | {"items": sorted(seen["items"])}

    def waits(self, it):  # P1: for the client
        wanted = {"requested", "returned"} if it.phase == OPEN else {"returned"}
        if it.kind == "request":
            return it.phase in (OPEN, "finished") and any(e.state in wanted for e in it.entries.values())
        return it.phase == OPEN and (it.kind == "organizer" or not all(it.ticks.values()))

    def see_portal(self, account):  # P1
        todo = [(it.kind, it.title, self._told_of(it)) for it in self.asked(account) if self.waits(it)]
        return super().see_portal(account), sorted(todo)

    def _told_of(self, it):
        jobs = [self.jobs[job] for job in sorted(it.on) if self.jobs[job].status != ARCHIVED]
        return next((job.block.job_name or job.name for job in jobs), "")
