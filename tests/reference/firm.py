"""The firm that the random driver works in: people, accounts and pipelines that together use every rule of the model.

`MAIL` and `NOTICE` are our reading of two inline shapes that `api.md` leaves open.
"""

from copy import deepcopy
from typing import Any

OWNER, ADA, BEN, CYD = (f"{name}@example.test" for name in ("owner", "ada", "ben", "cyd"))
MEMBERS = {ADA: "Ada Preparer", BEN: "Ben Reviewer", CYD: "Cyd Assistant"}
PRIORITIES = ["low", "medium", "high", "urgent"]
TAGS = ["foreign", "messy", "new", "returning", "unreachable", "vip"]


def MAIL(subject: str) -> dict[str, Any]:
    return {"subject": subject, "text": "Dear client, please see the portal."}


def NOTICE(text: str) -> dict[str, Any]:
    return {"to": [ADA, "role:reviewer"], "text": text}


def contact(name: str, *, notify: bool, login: bool = True) -> dict[str, Any]:
    return {"name": name, "email": f"{name.lower()}@client.test", "login": login, "notify": notify}


ACCOUNTS = {
    "Adler": {
        "kind": "individual",
        "tags": ["foreign"],
        "contacts": [contact("Anna", notify=True)],
        "roles": {"preparer": [ADA], "reviewer": [BEN], "partner": [OWNER]},
    },
    "Bauer GmbH": {
        "kind": "company",
        "tags": ["messy", "vip"],
        "contacts": [contact("Bert", notify=True), contact("Bea", notify=True), contact("Bob", notify=False)],
        "roles": {"preparer": [ADA, CYD], "reviewer": [BEN]},
    },
    "Cruz": {"kind": "individual", "tags": ["new"], "contacts": [], "roles": {"reviewer": [BEN]}},
    "Dietz Ltd": {
        "kind": "company",
        "tags": ["returning", "new"],
        "contacts": [contact("Dora", notify=False)],
        "roles": {"preparer": [CYD], "partner": [ADA]},
    },
    "Egli Club": {
        "kind": "other",
        "tags": [],
        "contacts": [contact("Emil", notify=True, login=False)],
        "roles": {},
    },
    "Fuchs": {
        "kind": "individual",
        "tags": ["messy", "foreign", "vip"],
        "contacts": [contact("Fritz", notify=True)],
        "roles": {"preparer": [BEN], "reviewer": [CYD], "partner": [OWNER]},
    },
}

CLIENT_STATUSES = [
    {"name": "Waiting for documents", "turn": "client", "description": "Please send us your papers."},
    {"name": "In progress", "turn": "firm", "description": "We are at work."},
    {"name": "In review", "turn": "firm", "description": "A second pair of eyes is looking at it."},
    {"name": "On hold", "turn": "nobody", "description": "Nothing happens at the moment."},
    {"name": "With the agency", "turn": "agency", "description": "We are waiting for the agency."},
    {"name": "Finished", "turn": "nobody", "description": "All done."},
]


def show(name: str, **more: str) -> dict[str, Any]:
    return {"client_status": {"show": name, **more}}


def hide() -> dict[str, Any]:
    return {"client_status": {"hide": True}}


def task(title: str, when: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"task": {"title": title, **more}} | ({"when": when} if when else {})


TAX = {
    "pipeline": "Tax return",
    "stages": [
        {
            "stage": "Documents",
            "automove": True,
            "on_entry": [show("Waiting for documents"), task("Collect the papers")],
        },
        {
            "stage": "Foreign income",
            "when": {"tags": {"any": ["foreign"]}},
            "automove": True,
            "on_entry": [
                task("Collect foreign statements", assignees=["role:preparer"]),
                {"tags": {"add": ["returning"]}},
            ],
        },
        {
            "stage": "Preparation",
            "automove": True,
            "on_entry": [
                {"assignees": {"add": ["role:preparer"]}},
                show("In progress", description="Our tax team has everything."),
                task("Prepare the return"),
                task("Check the carry-overs", {"tags": {"any": ["returning"], "none": ["new"]}}),
                task("Ask the reviewer", {"all": [{"assigned": True}, {"not": {"priority": "low"}}]}),
            ],
        },
        {
            "stage": "Review",
            "when": {"not": {"priority": "low"}},
            "automove": True,
            "on_entry": [
                {"update_job": {"priority": "high"}},
                {"assignees": {"replace": ["role:reviewer"]}},
                {"email": MAIL("Your return is being reviewed")},
                show("In review"),
                task("Review the return"),
            ],
        },
        {
            "stage": "Waiting room",
            "when": {"any": [{"account_kind": "company"}, {"tags": {"all": ["vip", "returning"]}}]},
            "automove": True,
        },
        {"stage": "Filing", "on_entry": [hide(), task("File the return")]},
        {
            "stage": "Finished",
            "on_entry": [show("Finished"), {"tags": {"remove": ["new"], "add": ["returning"]}}],
        },
    ],
    "statuses": [
        {
            "status": "Needs extension",
            "restore_client_status": True,
            "on_entry": [show("On hold", description="We have asked for more time."), task("File form 4868")],
        },
        {"status": "Missing information"},
        {
            "status": "Unreachable",
            "restore_client_status": True,
            "on_entry": [
                {"tags": {"add": ["unreachable"]}},
                {"email": MAIL("We cannot reach you")},
                task("Call again", {"tags": {"none": ["vip"]}}),
                task("Write a letter"),
            ],
        },
        {
            "status": "Internal question",
            "restore_client_status": True,
            "on_entry": [
                hide(),
                {"assignees": {"remove": [ADA]}},
                {"update_job": {"priority": "urgent"}},
                task("Talk it over"),
            ],
        },
    ],
}

BOOKS = {
    "pipeline": "Bookkeeping",
    "options": {"pass_through": True},
    "stages": [
        {
            "stage": "Inbox",
            "automove": True,
            "on_entry": [task("Sort the post", {"tags": {"all": ["messy"]}})],
        },
        {
            "stage": "Set-up",
            "automove": True,
            "on_entry": [{"tags": {"add": ["foreign"], "remove": ["messy"]}}, show("In progress")],
        },
        {
            "stage": "Currencies",
            "when": {"tags": {"all": ["foreign"]}},
            "automove": True,
            "on_entry": [
                task("Convert the currencies", {"account_kind": "company"}),
                {"tags": {"clear": True, "add": ["vip"]}},
            ],
        },
        {
            "stage": "Report",
            "when": {"tags": {"all": ["vip"], "none": ["unreachable"]}},
            "automove": True,
            "on_entry": [
                {"email": MAIL("Your report")},
                show("In review", description="Look at the report."),
            ],
        },
        {
            "stage": "Nobody's",
            "when": {"assigned": False},
            "automove": True,
            "on_entry": [{"assignees": {"add": [CYD]}}],
        },
        {
            "stage": "Close",
            "on_entry": [
                show("Finished", job_name="Your books"),
                {"create_job": {"pipeline": "Follow-up"}, "when": {"priority": "high"}},
            ],
        },
    ],
    "statuses": [
        {"status": "Bank is silent", "on_entry": [show("With the agency"), task("Call the bank")]},
        {"status": "Paused", "restore_client_status": True},
    ],
}

PAYROLL = {
    "pipeline": "Payroll",
    "stages": [
        {
            "stage": "Start",
            "automove": True,
            "on_entry": [
                task("Collect the hours"),
                task("Collect the bonuses", {"priority": "urgent"}),
                task("Never wanted") | {"enabled": False},
            ],
        },
        {
            "stage": "Sign-off",
            "when": {"any": [{"tags": {"any": ["vip", "messy"]}}, {"not": {"assigned": True}}]},
            "automove": True,
            "on_entry": [
                {"email": MAIL("Please look at the payroll"), "when": {"tags": {"none": ["unreachable"]}}},
                {"assignees": {"replace": ["role:partner"]}},
                task("Sign off"),
            ],
        },
        {
            "stage": "Pay",
            "automove": True,
            "on_entry": [
                {"update_job": {"priority": "low"}},
                {"notify": NOTICE("Payroll is ready to pay")},
                task("Pay the wages"),
            ],
        },
        {"stage": "Done", "on_entry": [{"tags": {"clear": True, "add": ["returning"]}}, hide()]},
    ],
    "statuses": [
        {
            "status": "Dispute",
            "on_entry": [
                {"tags": {"add": ["vip"]}},
                {"assignees": {"add": [BEN]}},
                task("Settle the dispute", {"tags": {"all": ["vip"]}}),
            ],
        }
    ],
}

FOLLOW_UP = {
    "pipeline": "Follow-up",
    "stages": [
        {"stage": "Open", "automove": True, "on_entry": [show("Waiting for documents"), task("Say thanks")]},
        {"stage": "Closed"},
    ],
}

ENDLESS = {  # A13: entering the second stage can never succeed
    "pipeline": "Endless",
    "stages": [
        {"stage": "Begin"},
        {"stage": "Again", "on_entry": [{"create_job": {"pipeline": "Endless", "stage": "Again"}}]},
    ],
}


def with_keys(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a stable key for each automation, and the client-facing statuses it needs."""
    document = deepcopy(document) | {"client_statuses": deepcopy(CLIENT_STATUSES)}
    number = 0
    for place in document["stages"] + document.get("statuses", []):
        for automation in place.setdefault("on_entry", []):
            number += 1
            automation.setdefault("key", f"a{number}")
    return document


PIPELINES = {d["pipeline"]: with_keys(d) for d in (FOLLOW_UP, ENDLESS, TAX, BOOKS, PAYROLL)}
