"""Monthly load by site and analyte over everything stored, as bounds: a value below a limit is never given a number.

Two things people confuse: the mean's *bounds* (what the laboratory knows: between 0 and the limit) and an *interval* of error
(how far the declared errors reach), which is not here.
"""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from labkit.errors import Refusal
from labkit.store.rules import STORE_FLOWS
from labkit.store.store import Store
from labkit.units import daily_load
from labkit.vocabulary import Censored, FileKind

COLUMNS = pa.schema(
    [
        ("month", pa.date32()),
        ("site", pa.string()),
        ("analyte", pa.string()),
        ("n", pa.int64()),
        ("n_censored", pa.int64()),
        ("n_without_flow", pa.int64()),
        ("load_mg_day_low", pa.float64()),
        ("load_mg_day_high", pa.float64()),
    ]
)
_FLOWS = """
CREATE TEMP TABLE flows AS
SELECT site, date, CAST(date_trunc('month', date) AS DATE) AS month, min(flow_m3_day) AS flow, max(flow_m3_day) AS most
FROM flow WHERE flow_m3_day IS NOT NULL GROUP BY site, date
"""
_NO_FLOWS = "CREATE TEMP TABLE flows (site VARCHAR, date DATE, month DATE, flow DOUBLE, most DOUBLE)"
_TWICE = """
SELECT site, date, count(DISTINCT flow_m3_day), list_sort(list(DISTINCT entry))
FROM flow SEMI JOIN (FROM flows WHERE flow < most) USING (site, date) GROUP BY site, date ORDER BY site, date
"""
_MONTHLY = f"""
SELECT coalesce(month, CAST(date_trunc('month', date) AS DATE)) AS month, site, analyte, count(*) AS n,
       count(*) FILTER (censored <> '{Censored.EXACT}') AS n_censored, count(*) - count(flow) AS n_without_flow,
       CASE WHEN count(low * flow) = count(flow) THEN avg(low * flow) * {daily_load(1.0, 1.0)} END AS load_mg_day_low,
       CASE WHEN count(high * flow) = count(flow) THEN avg(high * flow) * {daily_load(1.0, 1.0)} END AS load_mg_day_high
FROM wastewater LEFT JOIN flows USING (site, date)
GROUP BY ALL ORDER BY ALL
"""


def monthly_load(store: Store, as_of: datetime | date | None = None) -> pa.Table:
    """Return the mean load of each month, site and analyte in mg/day: `concentration [ng/L] · flow [m3/day] / 1000`.

    Parameters
    ----------
    store : Store
        With wastewater (site, date, analyte, low, high, censored) and flow (site, date, flow_m3_day).
    as_of : datetime or date, optional
        What was in force then; a date means the end of that day in UTC.

    Returns
    -------
    Table
        `month` (its first day), `site`, `analyte`, `n` results, `n_censored` of them not exact, `n_without_flow` of them left
        out of the mean, and the mean's bounds `load_mg_day_low`, `load_mg_day_high`: the mean of low · flow and of high · flow.
        A bound is null where no result has a flow, or where one result has no such bound (above the range: no upper one).
        The last digits of a mean may differ from run to run, since two cores add in any order.

    Raises
    ------
    Refusal
        STORE-FLOWS where a site has different flows for one day; the same flow stored twice counts once. STORE-DAMAGED.
    """
    kinds = (FileKind.WASTEWATER, FileKind.FLOW)
    with store.connect(kinds, as_of) as sql:
        here = {name for (name,) in sql.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
        if FileKind.WASTEWATER not in here:
            return COLUMNS.empty_table()
        has_flow = FileKind.FLOW in here
        sql.execute(_FLOWS if has_flow else _NO_FLOWS)
        if has_flow and (twice := sql.execute(_TWICE).fetchall()):
            place = str(store.folder)
            raise Refusal(
                STORE_FLOWS.at(place, site=site, date=day, n=n, entries=", ".join(map(str, entries)))
                for site, day, n, entries in twice
            )
        loads: pa.Table = sql.sql(_MONTHLY).to_arrow_table()
    return _bounded(loads.cast(COLUMNS))


def _bounded(loads: pa.Table) -> pa.Table:
    """Write a bound that is not finite as null: above the range there is no upper one."""
    for name in ("load_mg_day_low", "load_mg_day_high"):
        bound = loads[name]
        loads = loads.set_column(COLUMNS.get_field_index(name), name, pc.if_else(pc.is_finite(bound), bound, None))
    return loads
