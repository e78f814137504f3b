"""What a client does, as he does it: pages are read, and their forms are sent back as a browser sends them."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx

from .model import BROKEN_RULE, OK, Answer

PASSWORD = "a client's long password 42"
DONE, SAYS_NO = 302, (409, 422)  # on to another page, or a page that says what is wrong


class Forms(HTMLParser):
    """The forms of a page: `{action: {name: value}}` of what is in them before anybody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.inside, self.area = False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.found.append((given.get("action") or "", {}))
        self.inside = tag == "form" or self.inside
        name = given.get("name")
        if not self.inside or not name:
            return
        chosen = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag == "input" and chosen and given.get("type") not in ("file", "submit"):
            self.found[-1][1][name] = given.get("value") or ""
        self.area = name if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[-1][1][self.area] = data

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"
        self.area = "" if tag == "textarea" else self.area


class Portal:
    """A contact's browser, signed in with the link of the invitation."""

    def __init__(self, base_url: str, link: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60)
        self.requests = 0
        self.http.get(f"/portal/link/{link}")  # which leads to the page that follows
        page = self.get("/portal/link/")
        way = next(fields for _action, fields in Forms(page.text).found if fields.get("way") == "password")
        self.post("/portal/link/", way | {"password": PASSWORD, "password_again": PASSWORD})
        self.home()

    def get(self, path: str) -> httpx.Response:
        self.requests += 1
        answer = self.http.get(path)
        if answer.status_code != OK:
            raise AssertionError(f"GET {path} -> {answer.status_code}: {answer.text[:2000]}")
        return answer

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        self.requests += 1
        answer = self.http.post(path, data=fields, headers={"Origin": str(self.http.base_url).rstrip("/")})
        if answer.status_code not in (DONE, *SAYS_NO):
            raise AssertionError(f"POST {path} {fields} -> {answer.status_code}: {answer.text[:2000]}")
        return answer

    def send(self, page: str, action: str, **typed: Any) -> Answer:
        """The first form of the page that goes to such an address, with what is typed into it."""
        forms = Forms(self.get(page).text).found
        found = next(((to, fields) for to, fields in forms if re.search(action, to)), None)
        if found is None:
            return Answer(BROKEN_RULE)  # the page offers no such thing
        answer = self.post(found[0], found[1] | typed)
        return Answer(OK if answer.status_code == DONE else BROKEN_RULE)

    def answer(self, asked: str, answers: dict[str, str]) -> Answer:
        typed = {f"a-{key}": value for key, value in answers.items()}
        return self.send(f"/portal/organizers/{asked}/1/", "/save/", **typed)

    def submit(self, asked: str) -> Answer:
        return self.send(f"/portal/organizers/{asked}/review/", "/submit/")

    def submit_entry(self, asked: str, n: int, said: dict[str, str]) -> Answer:
        how = "not_applicable" if "not_applicable" in said else "answer"
        return self.send(f"/portal/requests/{asked}/", f"/{n}/$", how=how, **said)

    def tick_task(self, asked: str, n: int, done: bool) -> Answer:
        return self.send(f"/portal/messages/{asked}/", f"/tasks/{n}/$", done=str(int(done)))

    def write(self, asked: str, text: str) -> Answer:
        return self.send(f"/portal/messages/{asked}/", "/write/$", text=text)

    def home(self) -> set[str]:
        """The items that the first page leads to."""
        return set(re.findall(r"/portal/\w+/(\w+)/", self.get("/portal/").text))
