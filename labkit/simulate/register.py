"""What a city keeps beside its results: which site drains which area, and the laboratories' quality-control samples.

Two things people confuse: a *catchment* is what drains to a site, and an *area* is what an office counts by; an area may drain
to two sites and, in part, to none, so that its shares add up to at most 1.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import floor

import numpy as np

from labkit.simulate.catchment import Site, stream
from labkit.simulate.city import city_analytes
from labkit.simulate.laboratory import LABORATORIES, NEW_INSTRUMENT_DAY, limit_texts, significant

SITE_COLUMNS = ("site", "name", "type", "area", "area_share", "closed")
QUALITY_COLUMNS = (
    "date",
    "analyte",
    "type",
    "concentration",
    "unit",
    "expected",
    "lod",
    "loq",
    "sample",
    "replicate",
    "laboratory",
)
QUALITY_EVERY = 28  # days
SPIKE, CONTROL, DUPLICATE = 5.0, 20.0, 8.0  # times the loq
RECOVERY_LOG_SD = 0.08


def site_rows(sites: list[Site], seed: int) -> list[dict[str, str]]:
    """Return one row a site and area: area `D2` drains for the greater part to `S2`, and in part to its neighbour `S1`.

    More sites add rows and change none.
    """
    rows = []
    for site in sites:
        shares = {f"D{site.number}": _shares(site.number, seed)[0]}
        if site.number < len(sites):
            shares[f"D{site.number + 1}"] = _shares(site.number + 1, seed)[1]
        rows += [
            {"site": site.code, "name": f"simulated plant {site.number}", "type": "plant", "area": area,
             "area_share": f"{share:.2f}", "closed": "no"}
            for area, share in shares.items()
        ]  # fmt: skip
    return rows


def _shares(number: int, seed: int) -> tuple[float, float]:
    """Return which share of the people of an area lives in its own catchment, and which in that of its neighbour."""
    own, other = stream(seed, f"D{number}", "area share").random(2).tolist()
    greater = floor(60 + 30 * own) / 100
    return greater, floor((100 - 100 * greater) * (0.2 + 0.6 * other)) / 100


def quality_rows(laboratories: list[str], analytes: list[str], *, seed: int, start: date, weeks: int) -> list[dict[str, str]]:
    """Return a blank, a spike, a control and two duplicates of every analyte, every four weeks and laboratory, in ng/L."""
    rows = []
    for laboratory in laboratories:
        days = range(0, 7 * weeks, QUALITY_EVERY)
        for analyte in analytes:
            noise = stream(seed, laboratory, analyte, "quality").standard_normal((len(days), 3))
            again = np.exp(RECOVERY_LOG_SD * stream(seed, laboratory, analyte, "replicate").standard_normal(len(days)))
            for day, errors, other in zip(days, np.exp(RECOVERY_LOG_SD * noise).tolist(), again.tolist(), strict=True):
                renewed = day >= NEW_INSTRUMENT_DAY and LABORATORIES[laboratory].renews
                own = city_analytes().loc[analyte]
                lod, loq = limit_texts((own["lod_ng_L"], own["loq_ng_L"]), renewed, 1)
                spiked, controlled, repeated = (times * float(loq) for times in (SPIKE, CONTROL, DUPLICATE))
                measured = (
                    ("blank", "ND", "", "1"),
                    ("spike", significant(spiked * errors[0], 3), significant(spiked, 3), "1"),
                    ("control", significant(controlled * errors[1], 3), significant(controlled, 3), "1"),
                    ("duplicate", significant(repeated * errors[2], 3), "", "1"),
                    ("duplicate", significant(repeated * other, 3), "", "2"),
                )
                rows += [
                    {"date": (start + timedelta(days=day)).isoformat(), "analyte": analyte, "type": kind,
                     "concentration": found, "unit": "ng/L", "expected": expected, "lod": lod, "loq": loq,
                     "sample": f"QC-{kind[0].upper()}-{day:04d}", "replicate": replicate, "laboratory": laboratory}
                    for kind, found, expected, replicate in measured
                ]  # fmt: skip
    return rows
