"""What people write becomes text on the page, never a program."""

from __future__ import annotations

import pytest

from clearstage.pages.markdown import to_html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://spy.example/pixel.png)",
        '<https://a.example" onmouseover="alert(1)>',
        '[x](https://a.example "y\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_that_is_typed_runs_or_fetches(typed: str) -> None:
    html = to_html(typed)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html.lower()
    assert '" on' not in html


def test_what_is_meant_is_shown() -> None:
    html = to_html("**Due** on\nFriday\n\n- one\n- ~~two~~\n\n[the form](https://irs.example/f)")
    assert "<strong>Due</strong> on<br" in html
    assert "<li>one</li>" in html
    assert "<s>two</s>" in html
    assert '<a href="https://irs.example/f" rel="noopener noreferrer nofollow">the form</a>' in html


def test_whoever_was_told_stands_out_and_nobody_else() -> None:
    html = to_html("@Mia Chen, @Mia & a@Mia Chen: @Bo <b>", ["Mia", "Mia Chen"])
    assert html.count('<strong class="mention">') == 2
    assert (
        '<strong class="mention">@Mia Chen</strong>, <strong class="mention">@Mia</strong> &amp; a@Mia'
        in html
    )
    assert "@Bo &lt;b&gt;" in html


def test_a_name_that_holds_markup_is_shown_as_text() -> None:
    assert to_html("@<i>x</i> hello", ["<i>x</i>"]).startswith(
        '<p><strong class="mention">@&lt;i&gt;x&lt;/i&gt;</strong>'
    )
