"""Templates and pipelines that ask clients, beside those of `firm.py`: every kind in stages and in custom statuses."""

from typing import Any

from .firm import MAIL, hide, show, task, with_keys

YEAR = {
    "title": "Your year",
    "questions": [
        {
            "key": "abroad",
            "text": "Have you earned anything abroad?",
            "type": "yes_no",
            "required": True,
            "tags": [{"when": "yes", "add": ["foreign"]}, {"when": "no", "remove": ["foreign"]}],
        },
        {
            "key": "country",
            "text": "Where?",
            "type": "short_text",
            "required": True,
            "shown_if": {"question": "abroad", "is": "yes"},
        },
        {
            "key": "home",
            "text": "How do you live?",
            "type": "one_of",
            "options": ["Rented", "Owned"],
            "tags": [{"when": "Owned", "add": ["vip"], "remove": ["new"]}],
        },
    ],
}

HOUSE = {
    "title": "Your house",
    "questions": [
        {
            "key": "sold",
            "text": "Have you sold it?",
            "type": "yes_no",
            "tags": [{"when": "yes", "add": ["messy"], "remove": ["vip"]}],
        },
        {"key": "year", "text": "When was it built?", "type": "short_text"},
    ],
}

PAPERS = {
    "title": "Papers",
    "finish": {"rest_percent": 50},
    "entries": [
        {"title": "Passport", "critical": True},
        {"title": "Wage slip"},
        {"title": "Bank statement"},
        {"title": "Rent"},
        {"title": "Donations", "required": False},
    ],
}

QUICK = {
    "title": "Two questions",
    "review": False,
    "entries": [{"title": "Your number", "kind": "text"}, {"title": "A photo", "required": False}],
}

READ = {"subject": "Please read", "text": "Dear client, ...", "tasks": ["Read it", "Say yes"]}

TEMPLATES = {
    ("organizer", "Year"): YEAR,
    ("organizer", "House"): HOUSE,
    ("request", "Papers"): PAPERS,
    ("request", "Quick"): QUICK,
    ("chat", "Read"): READ,
}
BY_API = {"organizer": "organizer", "request": "request", "chat": "message"}  # kinds of templates


def message(subject: str, *tasks: str) -> dict[str, Any]:
    return {"message": {"subject": subject, "text": "Dear client, ...", "tasks": list(tasks)}}


def request(title: str, *entries: str, **more: Any) -> dict[str, Any]:
    return {"request": {"title": title, "entries": [{"title": entry} for entry in entries], **more}}


QUESTIONS = {
    "pipeline": "Questions",
    "stages": [
        {
            "stage": "Ask",
            "automove": True,
            "on_entry": [show("Waiting for documents"), {"organizer": {"template": "Year"}}],
        },
        {
            "stage": "Abroad",
            "when": {"answer": {"question": "abroad", "is": "yes"}},
            "automove": True,
            "on_entry": [request("Foreign papers", "Statement", review=False)],
        },
        {
            "stage": "House",
            "when": {"any": [{"answer": {"question": "home", "is": "Owned"}}, {"tags": {"all": ["vip"]}}]},
            "automove": True,
            "on_entry": [
                {"organizer": {"template": "House"}},
                task("Look at the house", {"tags": {"any": ["vip"]}}),
            ],
        },
        {
            "stage": "Work",
            "when": {"tags": {"none": ["unreachable"]}},
            "automove": True,
            "on_entry": [
                show("In progress"),
                task("Do the work"),
                message("We have begun") | {"when": {"not": {"answer": {"question": "sold", "is": "yes"}}}},
            ],
        },
        {"stage": "Over", "on_entry": [show("Finished"), {"tags": {"remove": ["unreachable"]}}]},
    ],
    "statuses": [
        {
            "status": "Unclear",
            "restore_client_status": True,
            "on_entry": [show("On hold"), {"organizer": {"template": "House"}}],
        },
        {
            "status": "Paper is missing",
            "on_entry": [
                request("One more paper", "The paper"),
                task("Remind them", {"tags": {"any": ["messy"]}}),
            ],
        },
        {"status": "In talks", "on_entry": [message("Let us talk")]},
    ],
}

LISTS = {
    "pipeline": "Lists",
    "options": {"pass_through": True},
    "stages": [
        {"stage": "List", "automove": True, "on_entry": [{"request": {"template": "Papers"}}, hide()]},
        {
            "stage": "Chat",
            "when": {"tags": {"any": ["messy", "vip"]}},
            "automove": True,
            "on_entry": [{"message": {"template": "Read"}}, message("For your information")],
        },
        {
            "stage": "Quick",
            "when": {"account_kind": "individual"},
            "automove": True,
            "on_entry": [{"request": {"template": "Quick"}}, {"tags": {"remove": ["messy"]}}],
        },
        {
            "stage": "Again",
            "when": {"answer": {"question": "abroad", "is": "no"}},
            "automove": True,
            "on_entry": [
                request("Half of it", "One", "Two", "Three", review=False, finish={"rest_percent": 50})
            ],
        },
        {"stage": "Done", "on_entry": [{"email": MAIL("All done")}, show("Finished", job_name="Your list")]},
    ],
    "statuses": [
        {
            "status": "Incomplete",
            "restore_client_status": True,
            "on_entry": [show("Waiting for documents"), {"request": {"template": "Quick"}}],
        },
        {"status": "Quiet"},
    ],
}

TALKS = {
    "pipeline": "Talks",
    "stages": [
        {"stage": "Hello", "automove": True, "on_entry": [message("Hello", "Answer", "Confirm")]},
        {
            "stage": "Nothing to do",
            "automove": True,
            "on_entry": [message("By the way"), task("Wait", {"priority": "urgent"})],
        },
        {
            "stage": "Both",
            "automove": True,
            "on_entry": [message("Sign, please", "Sign"), {"request": {"template": "Quick"}}],
        },
        {"stage": "Goodbye", "on_entry": [message("Goodbye")]},
    ],
    "statuses": [
        {
            "status": "Silence",
            "on_entry": [{"tags": {"add": ["unreachable"]}}, message("Are you there?", "Say something")],
        }
    ],
}

PIPELINES = {d["pipeline"]: with_keys(d) for d in (QUESTIONS, LISTS, TALKS)}
