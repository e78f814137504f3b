"""Queries whose SQL is composed once.

Django composes the SQL of a query anew each time, which takes several times as long as finding a few rows by their ids.
A function that is `composed` is called for a marker in the place of each of its numbers and texts; the SQL and where
the markers went are kept, and from then on the values alone are filled in:

    @composed
    def _answers(organizers: Collection[int]) -> QuerySet[Answer]:
        return Answer.objects.filter(organizer__in=organizers).order_by("pk")

    rows: list[Answer] = _answers(numbers)

What the function does must not depend on its numbers and texts, on the time or on the language: it hands what it was
given to lookups as it is, and collections to `__in` alone, since they are filled up by repeating their last value. What
else it may take (an actor, a model, a flag, None) is part of what is kept. It does not prefetch: see `hang` for what
belongs to rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any, TypeVar, TypeVarTuple, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

from .actor import Actor
from .ids import LARGEST

R = TypeVar("R")
Values = TypeVarTuple("Values")

SHAPES = 128
"""So many forms of one function are kept: by how many values its collections have, and by what is no value."""
_MARKED = 2_000_000_000
"""Markers are numbers from here on, which fit into every integer column, and texts that hold one."""


_TOO_LARGE = object()


@dataclass(frozen=True, slots=True)
class _Given:
    """Part of the form itself."""

    value: Any


@dataclass(frozen=True, slots=True)
class _Place:
    """Parameter `at` of the SQL is a value of argument `argument`: itself, or its `item`-th; `wrap` is its type."""

    at: int
    argument: int
    item: int | None
    wrap: type


@dataclass(frozen=True, slots=True)
class _Composed:
    """`columns` of what is found count, others are there for the order; the rest is as Django's compilers know it."""

    sql: str
    locks: bool
    parameters: tuple[Any, ...]
    places: tuple[_Place, ...]
    columns: int
    converters: tuple[tuple[int, tuple[list[Any], Any]], ...]
    select: Any
    klass_info: Any
    annotation_col_map: Any
    rows_of: Callable[..., Iterable[Any]]
    asked: SimpleNamespace


def composed(build: Callable[[*Values], QuerySet[Any, R]]) -> Callable[[*Values], list[R]]:
    """The rows of what `build` asks for, with its SQL composed once for each form of its arguments."""

    @lru_cache(maxsize=SHAPES)
    def kept(_vendor: str, forms: tuple[Any, ...]) -> _Composed | None:
        return _compose(build, forms)

    @wraps(build)
    def rows(*values: *Values) -> list[R]:
        given = [_fitting(each) for each in values]
        if _TOO_LARGE in given:
            return []
        query = kept(connection.vendor, tuple(_form(each) for each in given))
        return [] if query is None else _ask(query, given)

    return rows


def _fitting(value: Any) -> Any:
    """The value, collections as lists; without numbers that no column holds and that are found nowhere."""
    if isinstance(value, int):
        return value if value <= LARGEST else _TOO_LARGE
    if isinstance(value, str) or not isinstance(value, Collection):
        return value
    found = list(value)
    if found and isinstance(found[0], int) and max(found) > LARGEST:
        return [each for each in found if each <= LARGEST]
    return found


def _form(value: Any) -> Any:
    """What is kept for: `int` or `str`, (type, count) of a collection, and anything else as it is."""
    if isinstance(value, list):
        return (type(value[0]) if value else int, _filled_up(len(value)))
    if value is None or isinstance(value, bool | type | Actor):
        return _Given(value)
    if isinstance(value, int | str):
        return int if isinstance(value, int) else str
    raise TypeError(f"{type(value).__name__} is nothing that composed queries take.")


def _filled_up(count: int) -> int:
    """Few forms for all lengths, and never many more values than there are: databases take only so many."""
    if count <= 1024:
        return 1 << (count - 1).bit_length() if count else 0
    return -(-count // 1024) * 1024


def _compose(build: Callable[..., QuerySet[Any, R]], forms: tuple[Any, ...]) -> _Composed | None:
    markers: dict[Any, tuple[int, int | None]] = {}

    def mark(kind: type, argument: int, item: int | None) -> Any:
        number = _MARKED + len(markers)
        marker = f"marker {number}" if issubclass(kind, str) else number
        markers[marker] = argument, item
        return marker

    def stand_in(argument: int, form: Any) -> Any:
        if isinstance(form, _Given):
            return form.value
        if isinstance(form, tuple):
            kind, count = form
            return [mark(kind, argument, item) for item in range(count)]
        return mark(form, argument, None)

    rows = build(*(stand_in(argument, form) for argument, form in enumerate(forms)))
    if rows._prefetch_related_lookups or rows._known_related_objects:  # type: ignore[attr-defined]
        raise TypeError(f"{build.__qualname__} prefetches, which is not composed once.")
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = [
        _Place(at, *markers[value], type(value))
        for at, value in enumerate(parameters)
        if isinstance(value, int | str) and value in markers
    ]
    if {(place.argument, place.item) for place in places} != set(markers.values()):
        raise TypeError(
            f"{build.__qualname__} changes a value on its way into the SQL, which is composed once."
        )
    columns = [column[0] for column in compiler.select]
    return _Composed(
        sql,
        rows.query.select_for_update,
        tuple(parameters),
        tuple(places),
        len(columns),
        tuple(compiler.get_converters(columns).items()),
        compiler.select,
        compiler.klass_info,
        compiler.annotation_col_map,
        cast(Any, rows)._iterable_class,
        SimpleNamespace(db=rows.db, model=rows.model, _known_related_objects={}, _fields=rows._fields),  # type: ignore[attr-defined]
    )


def _ask(query: _Composed, values: list[Any]) -> list[Any]:
    parameters = list(query.parameters)
    for place in query.places:
        value = values[place.argument]
        if place.item is not None:
            value = value[min(place.item, len(value) - 1)]
        parameters[place.at] = value if place.wrap in (int, str) else place.wrap(value)
    if query.locks and connection.get_autocommit():
        raise TransactionManagementError("Rows are locked inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute(query.sql, parameters)
        found = cursor.fetchall()
    if not found:
        return []
    asked = SimpleNamespace(**vars(query.asked), query=_Answered(query, found))
    return list(query.rows_of(asked))


class _Answered:
    """What Django's iterables want of a query and of its compiler, with the rows at hand."""

    def __init__(self, query: _Composed, found: list[tuple[Any, ...]]) -> None:
        self.select, self.klass_info = query.select, query.klass_info
        self.annotation_col_map = query.annotation_col_map
        self._query, self._found = query, found

    def get_compiler(self, using: str) -> _Answered:
        return self

    def execute_sql(self, **_how: Any) -> None:
        """It was."""

    def results_iter(self, results: None = None, **_how: Any) -> Iterator[tuple[Any, ...]]:
        columns, converters = self._query.columns, self._query.converters
        for found in self._found:
            if not converters:
                yield found[:columns]
                continue
            row = list(found[:columns])
            for at, (steps, expression) in converters:
                for step in steps:
                    row[at] = step(row[at], expression, connection)
            yield tuple(row)


C = TypeVar("C", bound=Model)


def hang(parents: Iterable[Model], name: str, children: Iterable[C], parent: str) -> None:
    """Make `children` what `getattr(each, name).all()` answers, without asking, as prefetching does.

    `parent` names the children's foreign key to the parents. `children` come in the order wanted.
    """
    by_parent: dict[Any, list[C]] = defaultdict(list)
    for child in children:
        by_parent[getattr(child, f"{parent}_id")].append(child)
    for each in parents:
        found = by_parent.get(each.pk, [])
        for child in found:
            setattr(child, parent, each)
        give(each, name, found)


def hangs(row: Model, name: str) -> bool:
    """Whether what belongs to the row is there already."""
    return name in getattr(row, "_prefetched_objects_cache", {})


def give(row: Model, name: str, found: list[C]) -> None:
    """The same for one row, whichever way `found` belongs to it."""
    rows = getattr(row, name).get_queryset()
    rows._result_cache, rows._prefetch_done = found, True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = rows
