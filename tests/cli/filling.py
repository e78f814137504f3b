"""A few rows in every table there is, with values that are hard to carry from one database to the other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction

from clearstage.cli import installation
from clearstage.cli.tables import models_in

ROWS = 3
NOT_FILLED = ("firm.Firm", "events.Seal")
JSON = {
    "z": 1, "a": [1.5, 1e16, -0.0, 0.1, 2**53, None, True, False, "", {}],
    "ü": {"deep": [[[]]], "text": "“ä”\u2028😀\\\""},
}  # fmt: skip


def fill_every_table() -> None:
    with transaction.atomic():
        for model in models_in(apps, installation.ours()):
            if model._meta.label not in NOT_FILLED:
                for number in range(ROWS):
                    fill(model, number)
        # An id that was given out and is no more.
        tag = apps.get_model("clients", "Tag").objects.create(name="gone")
        tag.delete()


def fill(model: Any, number: int) -> None:
    values, nullable = {}, 0
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if field.null:
            nullable += 1
            if (nullable + number) % 2:
                continue
        values[field.attname] = value_for(field, number)
    model._base_manager.bulk_create([allowed(model, values)])


def allowed(model: Any, values: dict[str, Any]) -> Any:
    """The row, with as many of its yes-or-no values turned round as the table's checks ask for."""
    doubtful = [name for name, value in values.items() if isinstance(value, bool)]
    checks = [each for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    for choice in product(*[(values[name], not values[name]) for name in doubtful]):
        row = model(**{**values, **dict(zip(doubtful, choice, strict=True))})
        if all(passes(check, model, row) for check in checks):
            return row
    raise AssertionError(f"no row passes the checks of {model._meta.label}")


def passes(check: models.CheckConstraint, model: Any, row: Any) -> bool:
    try:
        check.validate(model, row)
    except ValidationError:
        return False
    return True


def value_for(field: Any, number: int) -> Any:
    if field.remote_field:
        rows = field.remote_field.model._base_manager.order_by("pk").values_list("pk", flat=True)
        return rows[number % len(rows)] if rows else None  # the first that points to one of its own kind
    if field.choices:
        return field.choices[-1][0]
    if isinstance(field, models.JSONField):
        return [JSON, [], "text", 5][number % 4]
    if isinstance(field, models.BooleanField):
        return bool(number % 2)
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 2, 28, 23, 59, 59, 999999 - number, tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date(2024, 2, 29)
    if isinstance(field, models.EmailField):
        return f"filled{number}@example.com"
    if isinstance(field, models.IntegerField):
        return (2**31 - 10 if field.get_internal_type() != "PositiveSmallIntegerField" else 100) + number
    text = f"{number} “Grüße” 😀 \\ ' \" \t {field.name}\nsecond line"
    return text[: field.max_length or 1000]
