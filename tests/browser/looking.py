"""What is looked at in a page: the accessibility rules, and that nothing moves any more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What has no end, or a far one, is no movement that a picture has to wait for.
REST = """() => !document.getAnimations().some((each) => {
  const left = each.effect.getComputedTiming().endTime - (each.currentTime ?? 0);
  return each.playState === "running" && left < 5000;
})"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"


def at_rest(page: Page) -> None:
    """Wait until nothing moves any more; what is about to begin has begun after two frames."""
    page.evaluate(TWO_FRAMES)
    page.wait_for_function(REST)


def axe(page: Page, within: str = "body", rules: Sequence[str] = ()) -> None:
    """WCAG 2.2 AA, as far as a program can tell; or only these of its rules."""
    at_rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_program())
    only: Any = {"type": "rule", "values": rules} if rules else RULES
    found = page.evaluate(RUN, [within, {"runOnly": only, "resultTypes": ["violations"]}])
    told = [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]
    assert told == [], (page.url, told)


@cache
def _program() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)
