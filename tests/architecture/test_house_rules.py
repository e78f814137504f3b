"""House rules that no linter knows: each with lines that must be found and lines that must not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "clearstage"

# rule -> (pattern, files it is asked of, places where it is allowed, a line it must find, a line it must not)
RULES: dict[str, tuple[str, str, tuple[str, ...], str, str]] = {
    "a row is saved field by field": (
        r"\b(job|row|task|account|member)\.save\(\)",
        "**/*.py",
        (),
        "job.save()",
        'job.save(update_fields=["stage"])',
    ),
    "nothing is marked safe": (
        r"mark_safe|\|\s*safe\b|autoescape off",
        "**/*.*",
        ("pages/markdown.py",),
        "{{ text|safe }}",
        "{{ text|safely }}",
    ),
    "no script or style inside a page": (
        r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)|\sstyle=\"|\son[a-z]+=\"",
        "**/*.html",
        ("outbox/templates/outbox/mail.html",),
        '<div style="color: red">',
        '<div class="style">',
    ),
    "no request to the outside": (
        r"(src|href|action)=\"(https?:)?//",
        "**/*.html",
        (),
        '<script src="https://example.com/x.js">',
        '<a href="/jobs/">',
    ),
    "no csrf exemption, but for the API, which knows no cookies": (
        r"csrf_exempt",
        "**/*.py",
        ("api/service.py",),
        "@csrf_exempt",
        "csrf_token",
    ),
    "what is left to do stands in no comment": (
        r"\b(TODO|FIXME|XXX)\b",
        "**/*.*",
        (),
        "# TODO: later",
        "# to do it later",
    ),
}


def files(pattern: str) -> list[Path]:
    return [
        path
        for path in SOURCE.glob(pattern)
        if path.is_file()
        and "vendor" not in path.parts
        and path.suffix in (".py", ".html", ".js", ".css", ".yaml", ".md")
    ]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_house_keeps_its_rules(rule: str) -> None:
    pattern, where, allowed, _bad, _good = RULES[rule]
    broken = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in files(where)
        if str(path.relative_to(SOURCE)) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert broken == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_rule_finds_what_it_should_and_nothing_else(rule: str) -> None:
    pattern, _where, _allowed, bad, good = RULES[rule]
    assert re.search(pattern, bad)
    assert not re.search(pattern, good)


def test_the_engine_imports_nothing_but_the_standard_library() -> None:
    import sys

    allowed = set(sys.stdlib_module_names) | {"__future__"}
    for path in (SOURCE / "engine").glob("*.py"):
        for found in re.findall(r"^(?:from|import) ([A-Za-z_]+)", path.read_text(), re.MULTILINE):
            assert found in allowed, f"{path.name} imports {found}"


MOMENTARY = {"clock", "timezone", "datetime", "date", "settings", "translation", "_", "_t"}


def momentary(source: str) -> list[str]:
    """Functions that are composed once although they ask what changes from one call to the next."""
    return [
        function.name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(each, ast.Name) and each.id == "composed" for each in function.decorator_list)
        and any(
            isinstance(each, ast.Name) and each.id in MOMENTARY
            for line in function.body
            for each in ast.walk(line)
        )
    ]


def test_what_is_composed_once_asks_for_no_moment_and_no_language() -> None:
    found = {path.relative_to(SOURCE): momentary(path.read_text()) for path in files("**/*.py")}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_composed_function_that_asks_for_the_time_is_noticed() -> None:
    rows = "@composed\ndef rows(job: int):\n    return Job.objects.filter(pk=job{})\n"
    assert momentary(rows.format(", due__lt=clock.now()")) == ["rows"]
    assert momentary(rows.format("")) == []
    assert momentary(rows.format(", due__lt=clock.now()").replace("@composed\n", "")) == []
