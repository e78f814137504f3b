"""What an e-mail template holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from clearstage.jobs.kinds import Line, PersonName, Ref, Settings

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Ref("text")]


class EmailTemplate(Settings):
    subject: Line
    text: Words
    sender: Annotated[
        PersonName | None, Field(description="A member or role whose name it goes out under")
    ] = None
