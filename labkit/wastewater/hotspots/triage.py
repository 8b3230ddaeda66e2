"""What to check before an alert is believed: the dull explanations, looked up in the data at hand.

Two things people confuse: a check that found nothing and a check that could not be made. Both are written down.
"""

from __future__ import annotations

import pandas as pd

from labkit.wastewater.sources.ratios import flag_ratios, flag_spikes

FLOW, PEOPLE = 2.0, 1.2  # times the site's median flow; times its median population
CHECKS = ("flow", "population", "one day", "laboratory", "ratio")


def triage(alerts: pd.DataFrame, loads: pd.DataFrame) -> list[str]:
    """Return for each alert what speaks for a dull explanation: words of `CHECKS`, `none found`, and `not checked: …`.

    `flow`: the meter stood at more than twice, or less than half, its median that week (rain, or a fault). `population`: a
    fifth more people than usual, or fewer. `one day`: a single day far above its neighbours carries the week (dumping).
    `laboratory`: half of the sites of the same file alarm in that analyte and week (batch, calibration). `ratio`: a ratio of
    analytes outside use.
    """
    days = pd.to_datetime(loads["date"])
    week = (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    rows = loads.assign(week=week.to_numpy())
    columns = {"flow": "flow_m3_day", "population": "population"}
    usual = {name: rows.groupby("site")[column].median() for name, column in columns.items() if column in rows}
    here = {name: rows.groupby(["site", "week"])[columns[name]].median() for name in usual}
    spikes = flag_spikes(loads) if "load_mg_day_1000inh" in loads else pd.DataFrame(columns=["site", "date", "analyte"])
    odd = flag_ratios(loads)
    files = rows.groupby("site")["file"].first() if "file" in rows else None
    found = []
    for row in alerts.itertuples():
        marks, blind = [], [name for name in columns if name not in usual] + (["laboratory"] if files is None else [])
        for name, limit in (("flow", FLOW), ("population", PEOPLE)):
            if name in usual and (row.site, row.week) in here[name].index:
                times = here[name][row.site, row.week] / usual[name][row.site]
                if times > limit or times < 1 / limit:
                    marks.append(name)
        last = (pd.Timestamp(row.week) + pd.Timedelta(days=6)).strftime("%Y-%m-%d")
        for frame, mark in ((spikes, "one day"), (odd, "ratio")):
            same = frame[(frame["site"] == row.site) & frame["date"].between(row.week, last)]
            if mark == "one day":
                same = same[same["analyte"] == row.analyte]
            if len(same):
                marks.append(mark)
        if files is not None and row.site in files.index:
            siblings = set(files.index[files == files[row.site]])
            together = alerts[(alerts["analyte"] == row.analyte) & (alerts["week"] == row.week) & alerts["site"].isin(siblings)]
            if len(siblings) > 1 and len(together) * 2 > len(siblings):
                marks.append("laboratory")
        told = "; ".join(marks) or "none found"
        found.append(told + (f"; not checked: {', '.join(blind)}" if blind else ""))
    return found
