"""The model by itself, told as stories that an accountant can check line by line.

Each line says what happened, and then where the job stands: its stage, its status, what the client sees (a text in
brackets where it is not the list's own) and what the stage or status waits for. `refused` before what is tried means
that it must be refused and change nothing. The pipelines are those of `firm.py`.
"""

# ruff: noqa: E501

from typing import Any

import pytest

from . import firm
from .model import BROKEN_RULE, OK, Answer, Model

STORIES = {
    "L4, A5: the job goes on by itself, past stages whose condition fails": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        done Collect the papers          | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        """),
    "A6: a condition is judged at the moment of the move": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        tags foreign                     | Documents      | Active | Waiting for documents                      | Collect the papers
        done Collect the papers          | Foreign income | Active | Waiting for documents                      | Collect foreign statements
        tags                             | Foreign income | Active | Waiting for documents                      | Collect foreign statements
        """),
    "A3: a later automation sees the tag that an earlier stage added; and who is assigned": (
        "Adler", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        cancelled Collect the papers     | Foreign income | Active | Waiting for documents                      | Collect foreign statements
        done Collect foreign statements  | Preparation    | Active | In progress (Our tax team has everything.) | Ask the reviewer, Check the carry-overs, Prepare the return
        """),
    "L8, L11: reopening moves nothing back, and old items hold nothing": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        done Collect the papers          | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        reopened Collect the papers      | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        done Prepare the return          | Review         | Active | In review                                  | Review the return
        """),
    "L5: a stage with automove and nothing to wait for holds the job, until something is finished": (
        "Bauer GmbH", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        moved Waiting room               | Waiting room   | Active | Waiting for documents                      |
        by hand Phone the bank           | Waiting room   | Active | Waiting for documents                      | Phone the bank
        done Phone the bank              | Filing         | Active | -                                          | File the return
        """),
    "L5: unlinking the only item finishes nothing": (
        "Bauer GmbH", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        unlinked Collect the papers      | Documents      | Active | Waiting for documents                      |
        by hand Ask again                | Documents      | Active | Waiting for documents                      | Ask again
        by hand Ask a third time         | Documents      | Active | Waiting for documents                      | Ask a third time, Ask again
        done Ask again                   | Documents      | Active | Waiting for documents                      | Ask a third time
        unlinked Ask a third time        | Preparation    | Active | In progress (Our tax team has everything.) | Ask the reviewer, Prepare the return
        """),
    "A11: a job does not enter where an e-mail has nobody to go to": (
        "Cruz", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        refused moved Review             | Documents      | Active | Waiting for documents                      | Collect the papers
        done Collect the papers          | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        done Prepare the return          | Preparation    | Active | In progress (Our tax team has everything.) |
        failures 1                       | Preparation    | Active | In progress (Our tax team has everything.) |
        priority low                     | Preparation    | Active | In progress (Our tax team has everything.) |
        done Collect the papers          | Filing         | Active | -                                          | File the return
        """),
    "S6 to S9, S15: a custom status keeps the stage, holds the job, ends by itself, gives back what the client saw": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active          | Waiting for documents                  | Collect the papers
        status Needs extension           | Documents      | Needs extension | On hold (We have asked for more time.) | File form 4868
        done Collect the papers          | Documents      | Needs extension | On hold (We have asked for more time.) | File form 4868
        by hand Call the office          | Documents      | Needs extension | On hold (We have asked for more time.) | Call the office, File form 4868
        done File form 4868              | Documents      | Needs extension | On hold (We have asked for more time.) | Call the office
        done Call the office             | Preparation    | Active          | In progress (Our tax team has everything.) | Prepare the return
        """),
    "S8: with nothing to wait for, the status stays until a person changes it": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active              | Waiting for documents | Collect the papers
        status Missing information       | Documents      | Missing information | Waiting for documents |
        done Collect the papers          | Documents      | Missing information | Waiting for documents |
        status Active                    | Preparation    | Active              | In progress (Our tax team has everything.) | Prepare the return
        """),
    "S15: what a person said meanwhile is not taken back": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active          | Waiting for documents                  | Collect the papers
        status Needs extension           | Documents      | Needs extension | On hold (We have asked for more time.) | File form 4868
        says With the agency             | Documents      | Needs extension | With the agency                        | File form 4868
        done File form 4868              | Documents      | Active          | With the agency                        | Collect the papers
        """),
    "S11, S15: from one custom status to another, the first gives back before the second speaks": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active            | Waiting for documents                  | Collect the papers
        status Needs extension           | Documents      | Needs extension   | On hold (We have asked for more time.) | File form 4868
        status Internal question         | Documents      | Internal question | -                                      | Talk it over
        done File form 4868              | Documents      | Internal question | -                                      | Talk it over
        done Talk it over                | Documents      | Active            | Waiting for documents                  | Collect the papers
        """),
    "S3: archiving and restoring run nothing, judge nothing and give nothing back": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active          | Waiting for documents                  | Collect the papers
        status Needs extension           | Documents      | Needs extension | On hold (We have asked for more time.) | File form 4868
        status Archived                  | Documents      | Archived        | On hold (We have asked for more time.) |
        refused moved Review             | Documents      | Archived        | On hold (We have asked for more time.) |
        done Collect the papers          | Documents      | Archived        | On hold (We have asked for more time.) |
        status Active                    | Documents      | Active          | On hold (We have asked for more time.) |
        done File form 4868              | Preparation    | Active          | In progress (Our tax team has everything.) | Prepare the return
        """),
    "S2: a completed job stays, and is moved only by hand": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active    | Waiting for documents | Collect the papers
        status Completed                 | Documents      | Completed | Waiting for documents |
        done Collect the papers          | Documents      | Completed | Waiting for documents |
        moved Finished                   | Finished       | Completed | Finished              |
        """),
    "M7, A8: the same stage again is nothing; back and forth is another visit": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        moved Documents                  | Documents      | Active | Waiting for documents                      | Collect the papers
        moved Preparation                | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        moved Documents                  | Documents      | Active | Waiting for documents                      | Collect the papers
        items 3                          | Documents      | Active | Waiting for documents                      | Collect the papers
        """),
    "C5, C3: sticky, shown or hidden": (
        "Bauer GmbH", "Tax return", """
        added                            | Documents      | Active | Waiting for documents | Collect the papers
        moved Filing                     | Filing         | Active | -                     | File the return
        moved Waiting room               | Waiting room   | Active | -                     |
        says Finished                    | Waiting room   | Active | Finished              |
        moved Foreign income             | Foreign income | Active | Finished              | Collect foreign statements
        """),
    "pass_through: nothing to wait for, nothing waited for; the last stage makes another job": (
        "Fuchs", "Bookkeeping", """
        added                            | Inbox          | Active | -        | Sort the post
        priority high                    | Inbox          | Active | -        | Sort the post
        jobs 1                           | Inbox          | Active | -        | Sort the post
        done Sort the post               | Close          | Active | Finished |
        has tags vip                     | Close          | Active | Finished |
        jobs 2                           | Close          | Active | Finished |
        """),
    "A3, A11: what a chain could enter it has entered; before the e-mail to nobody it stops": (
        "Cruz", "Bookkeeping", """
        added                            | Currencies     | Active | In progress |
        has tags vip                     | Currencies     | Active | In progress |
        failures 1                       | Currencies     | Active | In progress |
        """),
    "M8: to another pipeline, the custom status goes and the client's block stays": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active          | Waiting for documents                  | Collect the papers
        status Needs extension           | Documents      | Needs extension | On hold (We have asked for more time.) | File form 4868
        moved Payroll: Pay               | Pay            | Active          | On hold (We have asked for more time.) | Pay the wages
        done File form 4868              | Pay            | Active          | On hold (We have asked for more time.) | Pay the wages
        """),
    "M9: undo puts everything back, and once something else has moved the job it is too late": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents                      | Collect the papers
        moved Review                     | Review         | Active | In review                                  | Review the return
        undone                           | Documents      | Active | Waiting for documents                      | Collect the papers
        items 1                          | Documents      | Active | Waiting for documents                      | Collect the papers
        moved Preparation                | Preparation    | Active | In progress (Our tax team has everything.) | Prepare the return
        done Prepare the return          | Review         | Active | In review                                  | Review the return
        refused undone                   | Review         | Active | In review                                  | Review the return
        """),
    "M9: what somebody has touched stays": (
        "Egli Club", "Tax return", """
        added                            | Documents      | Active | Waiting for documents | Collect the papers
        moved Filing                     | Filing         | Active | -                     | File the return
        done File the return             | Filing         | Active | -                     |
        undone                           | Documents      | Active | Waiting for documents | Collect the papers
        items 2                          | Documents      | Active | Waiting for documents | Collect the papers
        """),
}  # fmt: skip


class Story:
    """One account, one job, and the words of the tables."""

    def __init__(self, account: str, pipeline: str) -> None:
        self.model, self.account, self.pipeline = Model(), account, pipeline
        for document in firm.PIPELINES.values():
            self.model.put_pipeline(document)
        self.model.add_account(account, **firm.ACCOUNTS[account])
        self.action: Any = None

    def item(self, title: str) -> int:
        return max(item.id for item in self.model.items if item.title == title)

    def tell(self, words: str) -> Answer:
        model = self.model
        verb, _, rest = words.partition(" ")
        if words.startswith("by hand "):
            verb, rest = "by hand", words.removeprefix("by hand ")
        pipeline, _, stage = rest.rpartition(": ")
        how = {"pipeline": pipeline} if pipeline else {}
        first = model.pipelines[self.pipeline]["stages"][0]["stage"]
        answer = {
            "added": lambda: model.add([self.account], self.pipeline, first, "The job", priority="medium"),
            "moved": lambda: model.move([0], stage, **how),
            "status": lambda: model.status([0], rest),
            "done": lambda: model.task(self.item(rest), "completed"),
            "cancelled": lambda: model.task(self.item(rest), "cancelled"),
            "reopened": lambda: model.task(self.item(rest), "open"),
            "unlinked": lambda: model.unlink(0, self.item(rest)),
            "by hand": lambda: model.add_item(0, rest),
            "says": lambda: model.change(0, client_status={"shown": True, "status": rest}),
            "priority": lambda: model.change(0, priority=rest),
            "tags": lambda: model.set_tags(self.account, rest.split()),
            "undone": lambda: model.undo(self.action),
            "items": lambda: Answer(OK if len(model.jobs[0].items) == int(rest) else 0),
            "jobs": lambda: Answer(OK if len(model.jobs) == int(rest) else 0),
            "has": lambda: Answer(OK if model.accounts[self.account].tags == {*rest.split()[1:]} else 0),
            "failures": lambda: Answer(OK if model.jobs[0].failures == int(rest) else 0),
        }[verb]()
        self.action = self.action if answer is None or answer.action is None else answer.action
        return answer or Answer()

    def stands(self) -> list[str]:
        seen = self.model.see_job(0)
        client = seen["client"]
        own = self.model.jobs[0].block.override
        told = client["status"] + (f" ({own})" if own else "") if client["shown"] else "-"
        return [seen["stage"], seen["status"], told, ", ".join(seen["blockers"] or [])]


@pytest.mark.parametrize("name", STORIES)
def test_story(name):
    account, pipeline, table = STORIES[name]
    story = Story(account, pipeline)
    for line in filter(None, map(str.strip, table.splitlines())):
        happens, *expected = [cell.strip() for cell in line.split("|")]
        refused = happens.startswith("refused ")
        answer = story.tell(happens.removeprefix("refused "))
        assert answer.status == (BROKEN_RULE if refused else OK), line
        assert story.stands() == expected, line
