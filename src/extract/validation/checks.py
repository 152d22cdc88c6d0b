"""What a schema promises of one table, as expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extract.tables import TableSchema
from extract.validation.facts import Truth

if TYPE_CHECKING:
    import pandas as pd

_ARROW = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool"}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: the expectation that tests it, and the words and columns that tell it.

    ``shown``: the columns whose values explain a failing row; none if it is not about rows.
    """

    expectation: str
    kwargs: Mapping[str, object]
    column: str
    promise: str
    shown: tuple[str, ...] = ()


def frame_of(table: Any) -> pd.DataFrame:
    """An Arrow table for pandas, with nulls that stay null: an integer never becomes a float."""
    import pandas as pd
    import pyarrow as pa

    kinds = {
        pa.string(): pd.StringDtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get)
    return frame


def shape(schema: TableSchema, file: Any) -> tuple[pd.DataFrame, list[Check]]:
    """Columns and types, asked of a frame with one row, the type of each column in the file:
    asked of the values, the types of an empty column would pass whatever they are."""
    import pandas as pd

    frame = pd.DataFrame([map(str, file.schema.types)], columns=file.schema.names)
    names = list(schema.names)
    exact = Check(
        "expect_table_columns_to_match_ordered_list",
        {"column_list": names},
        "*",
        f"the columns are {', '.join(names)}, in this order",
    )
    types = [
        Check(
            "expect_column_values_to_be_in_set",
            {"column": column.name, "value_set": [_ARROW[column.type]]},
            column.name,
            f"is of type {column.type}",
        )
        for column in schema.columns
        if column.name in frame  # one that is missing fails the check of the columns
    ]
    return frame, [exact, *types]


def values_of(schema: TableSchema) -> Iterator[Check]:
    """The number of rows, what each column promises of its values, the keys, the schema's own."""

    def values(name: str, column: str, promise: str, **kwargs: object) -> Check:
        kwargs["column"] = column
        return Check(f"expect_column_values_to_{name}", kwargs, column, promise, (column,))

    least = schema.min_rows
    yield Check(
        "expect_table_row_count_to_be_between",
        {"min_value": least},
        "*",
        f"the number of rows is {least} or more",
    )
    for column in schema.columns:
        name = column.name
        if not column.nullable:
            yield values("not_be_null", name, "is never null")
        if column.type == "string":
            yield Check(
                "expect_column_value_lengths_to_be_between",
                {"column": name, "min_value": 1},
                name,
                "is null or text, never empty text",
                (name,),
            )
        if column.allowed:
            promise = f"is one of {', '.join(column.allowed)}"
            yield values("be_in_set", name, promise, value_set=list(column.allowed))
        if column.pattern:
            whole = rf"\A(?:{column.pattern})\Z"
            yield values("match_regex", name, f"matches {column.pattern}", regex=whole)
        if column.minimum is not None or column.maximum is not None:
            bounds = {"min_value": column.minimum, "max_value": column.maximum}
            promise = f"is between {column.minimum} and {column.maximum}"
            yield values("be_between", name, promise.replace("None", "any"), **bounds)
    for unique in dict.fromkeys(schema.unique + (schema.key if len(schema.key) == 1 else ())):
        yield values("be_unique", unique, "is unique")
    if len(schema.key) > 1:
        yield Check(
            "expect_compound_columns_to_be_unique",
            {"column_list": list(schema.key)},
            ", ".join(schema.key),
            "are unique together",
            schema.key,
        )
    for own in schema.expectations:
        column_name = str(own.kwargs.get("column", "*"))
        shown = (column_name,) if "column" in own.kwargs else schema.key
        rest = {k: v for k, v in own.kwargs.items() if k != "column"}
        yield Check(own.type, own.kwargs, column_name, f"{own.type} {rest or ''}".strip(), shown)


def true(truth: Truth) -> Check:
    kwargs = {"column": truth.name, "value_set": [True]}
    return Check("expect_column_values_to_be_in_set", kwargs, truth.column, truth.promise, truth.shown)
