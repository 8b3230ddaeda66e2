"""The people and the water behind a simulated sampling point: who is there, what is recorded, how much flows.

Two things people confuse: the *true* population is the heads in the catchment on that day; a *recorded* one (census, served,
de facto) misses it by a lasting bias that no further sample will cure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.simulate.holidays import Days, Floats, share_away

PEOPLE_DAY_LOG_SD = 0.01
CENSUS_SHARE, CENSUS_LOG_SD = 0.88, 0.08  # a census leaves out part of those who moved in
SERVED_LOG_SD = 0.08
DE_FACTO_LOG_SD, DE_FACTO_MONTH_LOG_SD = 0.04, 0.02
FLOW_DAY_LOG_SD = 0.03
METER_LOG_SD = 0.05
INFILTRATION_SHARE = 0.2  # of the dry flow: groundwater in the pipes, whoever is in town
LITRES_IN_A_CUBIC_METRE = 1000
CUBIC_METRES_IN_FLOW_UNIT = {"m3/day": 1, "万m3/d": 10_000}


@dataclass(frozen=True)
class Site:
    """A sampling point: its people, its water, and the laboratory it sends samples to."""

    number: int
    residents: float
    growth_per_year: float
    travellers: float  # share of residents who go home for Spring Festival
    litres_per_head: float
    rain_response: float  # share by which a millimetre of rain raises the flow
    flow_unit: str
    laboratory: str

    @property
    def code(self) -> str:
        """The code of the site: `S` and its number; no real place."""
        return f"S{self.number}"


KNOWN_SITES = (
    Site(1, 640_000, 0.020, 0.30, 310, 0.010, "m3/day", "north"),
    Site(2, 1_480_000, 0.030, 0.42, 340, 0.014, "万m3/d", "north"),
    Site(3, 86_000, 0.000, 0.12, 260, 0.020, "m3/day", "east"),
    Site(4, 325_000, 0.010, 0.25, 290, 0.008, "m3/day", "north"),
    Site(5, 41_000, -0.010, 0.10, 240, 0.025, "m3/day", "west"),
    Site(6, 152_000, 0.015, 0.20, 280, 0.012, "m3/day", "east"),
)
SMALLEST, LARGEST = 40_000, 1_500_000


def stream(seed: int, *key: str) -> np.random.Generator:
    """Return the random numbers of one thing, named by its key: they do not move when other things come or go.

    >>> bool(stream(1, "S1", "flow").random() == stream(1, "S1", "flow").random())
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple("/".join(key).encode())))


def nth_site(number: int, seed: int) -> Site:
    """Return site `S<number>`: six are written down, further ones repeat their habits with a drawn size."""
    pattern = KNOWN_SITES[(number - 1) % len(KNOWN_SITES)]
    if number <= len(KNOWN_SITES):
        return pattern
    log_size = stream(seed, f"S{number}", "size").uniform(np.log(SMALLEST), np.log(LARGEST))
    return Site(
        number, round(float(np.exp(log_size)), -3), pattern.growth_per_year, pattern.travellers, pattern.litres_per_head,
        pattern.rain_response, pattern.flow_unit, pattern.laboratory,
    )  # fmt: skip


def expected_people(site: Site, start: np.datetime64, days: Days) -> Floats:
    """Return the heads expected in the catchment on each day: growth since `start`, and who is away."""
    years = (days - start).astype(np.float64) / 365.25
    return site.residents * (1.0 + site.growth_per_year * years) * (1.0 - site.travellers * share_away(days))


def true_population(site: Site, seed: int, start: np.datetime64, days: Days) -> Floats:
    """Return the true heads in the catchment on each day, whole people."""
    noise = stream(seed, site.code, "people").standard_normal(days.size)
    return np.round(expected_people(site, start, days) * np.exp(PEOPLE_DAY_LOG_SD * noise))


def recorded_populations(site: Site, seed: int, start: np.datetime64, days: Days) -> list[tuple[str, int, str, str]]:
    """Return what the offices have on record: (kind, population, source, date) rows.

    `census` and `served` are one undated row each. `de_facto` is a row for the first of each month, from which day it holds:
    the mean of the expected heads over that month, with the lasting bias of the method and an error of the month.
    """
    bias = {kind: stream(seed, site.code, kind).standard_normal() for kind in ("census", "served", "de_facto")}
    census = site.residents * CENSUS_SHARE * np.exp(CENSUS_LOG_SD * bias["census"])
    served = site.residents * np.exp(SERVED_LOG_SD * bias["served"])
    rows = [
        ("census", _recorded(census), "simulated census", ""),
        ("served", _recorded(served), "simulated plant record", ""),
    ]
    lasting = np.exp(DE_FACTO_LOG_SD * bias["de_facto"])
    for month in np.arange(days[0].astype("datetime64[M]"), days[-1].astype("datetime64[M]") + 1):
        first = month.astype("datetime64[D]")
        heads = expected_people(site, start, np.arange(first, (month + 1).astype("datetime64[D]"))).mean()
        error = np.exp(DE_FACTO_MONTH_LOG_SD * stream(seed, site.code, "de_facto", str(month)).standard_normal())
        rows.append(("de_facto", _recorded(heads * lasting * error), "simulated mobile signalling", str(first)))
    return rows


def _recorded(people: float) -> int:
    """Round to hundreds, as offices do."""
    return round(float(people) / 100) * 100


def rainfall(seed: int, days: Days) -> Floats:
    """Return the rain over the whole city in mm/day: wet summers, dry winters."""
    draws = stream(seed, "city", "rain").random((days.size, 2))
    month_angle = 2 * np.pi * ((days - days.astype("datetime64[Y]")).astype(np.float64) - 180) / 365.25
    wet = draws[:, 0] < 0.30 + 0.18 * np.cos(month_angle)
    return np.where(wet, -12.0 * np.log1p(-draws[:, 1]), 0.0)


def true_flow(site: Site, seed: int, days: Days, people: Floats, rain: Floats) -> Floats:
    """Return the water through the inlet in m3/day: what the people use, what seeps in, and the rain of today and yesterday."""
    seepage = INFILTRATION_SHARE * site.residents
    dry = (seepage + (1.0 - INFILTRATION_SHARE) * people) * site.litres_per_head / LITRES_IN_A_CUBIC_METRE
    draining = rain + 0.4 * np.concatenate([[0.0], rain[:-1]])
    noise = stream(seed, site.code, "flow").standard_normal(days.size)
    return np.round(dry * np.minimum(1.0 + site.rain_response * draining, 2.5) * np.exp(FLOW_DAY_LOG_SD * noise), 1)


def metered_flow(site: Site, seed: int, flow: Floats) -> Floats:
    """Return what the meter shows, in the site's own unit: the true flow with an error of the day."""
    error = stream(seed, site.code, "meter").standard_normal(flow.size)
    return flow * np.exp(METER_LOG_SD * error) / CUBIC_METRES_IN_FLOW_UNIT[site.flow_unit]
