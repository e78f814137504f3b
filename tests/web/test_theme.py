"""The palette that people choose from can be read in both themes (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import clearstage

CSS = (Path(clearstage.__file__).parent / "static/clearstage/theme.css").read_text()
LIGHT, DARK = 0, 1


def pair(text: str, name: str) -> tuple[str, str]:
    found = re.search(rf"{name}: light-dark\((#\w+), (#\w+)\)", text)
    assert found, name
    return found[1], found[2]


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(each * 2 for each in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


SURFACES = [
    pair(CSS, name) for name in ("--tblr-bg-surface", "--tblr-body-bg", "--tblr-bg-surface-secondary")
]


def test_every_colour_there_is_has_a_tone() -> None:
    from clearstage.clients.models import COLORS

    assert set(re.findall(r"^\.tone-(\w+) {", CSS, flags=re.MULTILINE)) - {"text"} == set(COLORS)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "rule",
    re.findall(r"^\.tone-\w+ {.*--tone-bg.*}$", CSS, flags=re.MULTILINE),
    ids=lambda rule: rule.split()[0],
)
def test_tones_can_be_read(rule: str, theme: int) -> None:
    ground, text, dot = (pair(rule, f"--tone-{name}")[theme] for name in ("bg", "fg", "dot"))
    assert contrast(text, ground) >= 4.5
    for surface in SURFACES:
        assert contrast(text, surface[theme]) >= 4.5
        assert contrast(dot, surface[theme]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "name",
    [
        "--tblr-body-color",
        "--tblr-secondary",
        "--tblr-link-color",
        "--tblr-primary",
        "--good",
        "--warn",
        "--bad",
    ],
)
def test_words_can_be_read_on_every_surface(name: str, theme: int) -> None:
    for surface in SURFACES:
        assert contrast(pair(CSS, name)[theme], surface[theme]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", ["--tblr-primary", "--tblr-danger"])
def test_words_on_buttons_can_be_read(name: str, theme: int) -> None:
    assert contrast(pair(CSS, f"{name}-fg")[theme], pair(CSS, name)[theme]) >= 4.5
