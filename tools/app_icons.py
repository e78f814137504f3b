#!/usr/bin/env python3
"""Draws the icons of the installed portal from the brand mark: src/clearstage/static/clearstage/app-*.png.

Needs the tools for browser tests (`make dev`) and Chromium (CHROMIUM says where). Run it after changing brand.svg, and
look at what it drew.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "src" / "clearstage" / "static" / "clearstage"
GROUND = "#005f5d"
# name -> pixels, how much of them the mark takes, what lies behind it. A maskable icon may be cut to a circle of 80 %.
ICONS = {
    "app-192": (192, 1.0, "transparent"),
    "app-512": (512, 1.0, "transparent"),
    "app-maskable-192": (192, 0.78, GROUND),
    "app-maskable-512": (512, 0.78, GROUND),
    "app-apple-180": (180, 0.88, GROUND),
}


def main() -> None:
    mark = (FOLDER / "brand.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for name, (size, share, ground) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            style = (
                f"body{{margin:0;height:100vh;display:grid;place-items:center;background:{ground}}}"
                f"svg{{width:{share:.0%};height:{share:.0%}}}"
            )
            page.set_content(f"<style>{style}</style>{mark}")
            page.screenshot(path=str(FOLDER / f"{name}.png"), omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
