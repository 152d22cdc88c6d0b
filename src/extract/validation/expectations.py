"""Great Expectations, held to an answer for every question."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from extract.tables import TableSchema
from extract.validation.checks import Check
from extract.validation.report import Failing, Failure

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 5  # failing rows written out for each promise


class Expectations:
    """Great Expectations, held to an answer for every question."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when it is imported
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx  # seconds; so never above
            from great_expectations.data_context.types.base import ProgressBarsConfig
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._frames = self._context.data_sources.add_pandas("tables")

    def judge(
        self, schema: TableSchema, frame: pd.DataFrame, checks: Sequence[Check]
    ) -> tuple[int, list[Failure]]:
        """How many of the checks were evaluated, and those that failed or were not."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = self._results(frame, checks)
        failures = []
        for number, check in enumerate(checks):
            result = results.get(number)
            if isinstance(result, Mapping):
                if result["success"] is not True:
                    failures.append(_failure(schema, frame, check, result["result"]))
            else:
                why = f"was not evaluated: {result or 'no answer'}"
                failures.append(Failure(check.expectation, check.column, check.promise, why))
        return sum(isinstance(r, Mapping) for r in results.values()), failures

    def _results(self, frame: pd.DataFrame, checks: Sequence[Check]) -> dict[int, Mapping[str, Any] | str]:
        """For the number of each check its result, or why there is none."""
        import great_expectations as gx
        from great_expectations.exceptions.exceptions import GreatExpectationsError
        from great_expectations.expectations.expectation_configuration import (
            ExpectationConfiguration,
        )

        answers: dict[int, Mapping[str, Any] | str] = {}
        built = []
        for number, check in enumerate(checks):
            try:
                # Built one by one: within a suite an unknown type would be dropped in silence.
                built.append(
                    ExpectationConfiguration(
                        check.expectation, dict(check.kwargs), meta={"number": number}
                    ).to_domain_obj()
                )
            # An unknown type; an argument it does not take (pydantic's error is a ValueError).
            except (GreatExpectationsError, TypeError, ValueError) as error:
                answers[number] = " ".join(str(error).split())
        asset = self._frames.add_dataframe_asset(f"asset {len(self._frames.assets)}")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(asset.name, expectations=built)
        for result in batch.validate(suite, result_format=_RESULT_FORMAT).results:
            told: dict[str, Any] = dict(result.to_json_dict())
            info = told["exception_info"]  # of the expectation, or of each metric it asked for
            raised = [info] if "raised_exception" in info else [*info.values()]
            errors = [str(i["exception_message"]) for i in raised if i["raised_exception"]]
            number = told["expectation_config"]["meta"]["number"]
            answers[number] = " ".join(errors[0].split()) if errors else told
        return answers


_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": _SHOWN}


def _failure(schema: TableSchema, frame: pd.DataFrame, check: Check, result: Mapping[str, Any]) -> Failure:
    """What the user is told of an expectation that was not met."""
    rows = []
    for place in (result.get("partial_unexpected_index_list") or [])[:_SHOWN] if check.shown else ():
        row = {name: _plain(frame[name].iloc[place]) for name in schema.names}
        rows.append(Failing(schema.key_of(row), {name: row[name] for name in check.shown}))
    told = result.get("observed_value", result.get("partial_unexpected_list"))
    count = int(result.get("unexpected_count", 0)) if rows else 0
    found = None if rows else f"found {told}"
    return Failure(check.expectation, check.column, check.promise, found, count, tuple(rows))


def _plain(value: Any) -> object:
    """A value of a pandas cell as JSON knows it."""
    import pandas as pd

    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
