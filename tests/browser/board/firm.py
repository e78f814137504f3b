"""A firm on a server of its own, spoken to as colleagues do, and its boards as a person finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

OWNER, PASSWORD = "owner@example.test", "a long enough password"


class Firm:
    """The server with its data, spoken to by the API as a colleague would."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.api = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def send(self, method: str, path: str, **how: Any) -> Any:
        answer = self.api.request(method, path, **how)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def pipeline(self, text: str) -> int:
        made = self.send(
            "PUT", "/pipelines", content=text.encode(), headers={"Content-Type": "application/yaml"}
        )
        return number(made["pipeline"]["id"])

    def account(self, name: str, *, contact: bool = True, tags: tuple[str, ...] = ()) -> str:
        email = f"{name.split(maxsplit=1)[0].lower()}@client.test"
        contacts = [{"name": name, "email": email, "login": True, "notify": True}] if contact else []
        body = {
            "name": name,
            "kind": "individual",
            "tags": list(tags),
            "contacts": contacts,
            "roles": {"preparer": [OWNER]},
        }
        return str(self.send("POST", "/accounts", json=body)["id"])

    def job(self, account: str, pipeline: str = "Tax return", **more: Any) -> int:
        body = {"accounts": [account], "pipeline": pipeline, **more}
        return number(self.send("POST", "/jobs", json=body)["jobs"][0]["id"])

    def stage_of(self, job: int) -> str:
        return str(self.send("GET", f"/jobs/job_{job}")["stage"]["name"])


def number(public: str) -> int:
    return int(public.rpartition("_")[2])


def board_address(firm: Firm, name: str = "Tax return") -> str:
    found = firm.send("GET", "/pipelines")
    rows = found["results"] if isinstance(found, dict) else found
    return f"/pipelines/{number(next(each['id'] for each in rows if each['name'] == name))}/"


def column(page: Page, name: str) -> Locator:
    return page.locator(".column", has=page.get_by_role("heading", name=name, exact=True))


def card(page: Page, job: int) -> Locator:
    return page.locator(f"#card-{job}")


IN_ITS_COLUMN = """job => {
  const card = document.getElementById(`card-${job}`);
  return card && card.dataset.stage === card.parentNode.dataset.cards;
}"""
OVER = """([job, stage]) =>
  document.getElementById(`card-${job}`).closest(".column").querySelector("h2").textContent === stage"""


def drag(page: Page, job: int, stage: str) -> None:
    """By mouse; the button is let go when the card is seen to lie in the other column."""
    page.wait_for_function(IN_ITS_COLUMN, arg=job)
    taken, target = card(page, job).bounding_box(), column(page, stage).locator(".cards").bounding_box()
    page.mouse.move(taken["x"] + 80, taken["y"] + 20)
    page.mouse.down()
    page.mouse.move(taken["x"] + 110, taken["y"] + 40, steps=5)
    page.mouse.move(target["x"] + 120, target["y"] + 40, steps=12)
    page.wait_for_function(OVER, arg=[job, stage])
    page.mouse.up()


def walk_to(page: Page, name: str) -> None:
    """Down the first column by arrow keys, to the card of that client."""
    page.locator("#main").focus()
    page.keyboard.press("ArrowDown")
    while page.evaluate("document.activeElement.textContent") != name:
        before = page.evaluate("document.activeElement.id")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.id") != before, f"no card of {name} in the first column"
