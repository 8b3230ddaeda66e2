"""How labkit counts: from a concentration to the load, the load per 1,000 people, the drug taken, and doses of it."""

from __future__ import annotations

from functools import partial

import pandas as pd

from labkit.wastewater import summarise, with_consumption, with_daily_load, with_doses, with_load_per_1000

title = "The load is concentration times flow"


def test_load(spec):
    """ng/L times m3/day: 1,000 litres in a cubic metre, a million nanograms in a milligram."""
    spec(
        """
        site | concentration_ng_L | flow_m3_day | low  | high || load_mg_day
        A    |                250 |     200_000 |  250 |  250 || 250 * 200_000 * 1000 / 1_000_000
        B    |               1000 |      50_000 | 1000 | 1000 || 1000 * 50
        C    |                0.4 |      50_000 |  0.4 |  0.4 || 0.4 * 50
        """,
        with_daily_load,
    )


title = "A value below the limit stays below the limit"


def test_load_of_a_censored_concentration(spec):
    """The number beside `below` is the limit, and the limit takes every step of the chain; `low` and `high` hold the value."""
    spec(
        """
        site | concentration_ng_L | censored | flow_m3_day | low  | high || load_mg_day | censored | low       | high
        A    |               1000 | exact    |      50_000 | 1000 | 1000 || 1000 * 50   | exact    | 1000 * 50 | 1000 * 50
        B    |                 10 | below    |      20_000 |    0 |   10 || 10 * 20     | below    | 0         | 10 * 20
        C    |                 10 | between  |      20_000 |    3 |   10 || 10 * 20     | between  | 3 * 20    | 10 * 20
        D    |               5000 | above    |      20_000 | 5000 |  inf || 5000 * 20   | above    | 5000 * 20 | inf
        """,
        with_daily_load,
    )


title = "The limit of a load moves with the flow"


def test_the_same_limit_on_two_days(spec):
    """One limit in ng/L is twice as much in mg/day on a day with twice the flow: a load has no limit of its own."""
    spec(
        """
        date       | concentration_ng_L | censored | flow_m3_day | low | high || load_mg_day | high
        2024-01-01 |                 10 | below    |      20_000 |   0 |   10 || 10 * 20     | 200
        2024-01-02 |                 10 | below    |      40_000 |   0 |   10 || 10 * 40     | 400
        """,
        with_daily_load,
    )


title = "Per 1,000 people"


def test_load_per_1000(spec):
    """The load divided by thousands of people, whichever people the study chose to count."""
    spec(
        """
        load_mg_day | population | low    | high   || load_mg_day_1000inh | low             | high
        50_000      |    500_000 | 50_000 | 50_000 || 50_000 / 500        | 50_000 / 500    | 50_000 / 500
        200         |     10_000 | 0      | 200    || 200 / 10            | 0               | 200 / 10
        90          |      1_000 | 90     | inf    || 90                  | 90              | inf
        """,
        with_load_per_1000,
    )


title = "The drug taken is the load divided by the share excreted"


def test_consumption(spec):
    """43 % of methamphetamine comes out as such, in moles and so in milligrams: the molar masses cancel."""
    spec(
        """
        analyte         | drug            | load_mg_day_1000inh | low | high || consumption_mg_day_1000inh | low      | high
        methamphetamine | methamphetamine | 100                 | 100 | 100  || 100 / 0.43                 | 100/0.43 | 100/0.43
        methamphetamine | methamphetamine | 2                   | 0   | 2    || 2 / 0.43                   | 0        | 2/0.43
        codeine         | codeine         | 6                   | 6   | 6    || 6 / 0.3                    | 20       | 20
        """,
        with_consumption,
    )


title = "A metabolite stands for its drug by the ratio of molar masses"


def test_consumption_from_a_metabolite(spec):
    """35 % of the cocaine taken leaves as benzoylecgonine, counted in moles: 303.35 g of cocaine for 289.33 g of it."""
    spec(
        """
        analyte         | drug    | load_mg_day_1000inh | low | high || consumption_mg_day_1000inh   | source_status
        benzoylecgonine | cocaine | 100                 | 100 | 100  || 100 * 303.35 / 289.33 / 0.35 | unverified
        """,
        with_consumption,
    )


title = "Each jurisdiction has its own rows, and none lends them to another"


def test_consumption_in_korea(spec):
    """Korea counts codeine with 63.8 %. It has no row for tramadol: that study ends at the load, with no number made up."""
    spec(
        """
        analyte  | drug     | load_mg_day_1000inh | low | high || consumption_mg_day_1000inh | low | source_status
        codeine  | codeine  | 6.38                | 0   | 6.38 || 6.38 / 0.638               | 0   | verified
        tramadol | tramadol | 6                   | 6   | 6    || –                          | –   | not used
        """,
        partial(with_consumption, jurisdiction="KR"),
    )


title = "A study may end at the load"


def test_no_correction_factor(spec):
    """Without a correction factor there is no consumption; the bounds of the load stay beside it."""
    spec(
        """
        analyte | drug    | load_mg_day_1000inh | low | high || consumption_mg_day_1000inh | load_low | load_high | high
        codeine | codeine | 6                   | 0   | 6    || –                          | 0        | 6         | –
        """,
        partial(with_consumption, jurisdiction=None),
    )


title = "Doses are a yardstick"


def test_doses(spec):
    """Consumption divided by the milligrams of one dose; a drug without a dose in the library has none."""
    spec(
        """
        drug            | consumption_mg_day_1000inh || dose_mg | doses_day_1000inh
        methamphetamine | 232.5                      || 30      | 232.5 / 30
        cocaine         | 250                        || 100     | 2.5
        methcathinone   | 250                        || –       | –
        """,
        with_doses,
    )


title = "A mean with values below a limit is known between two bounds"


def means(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the means of tramadol (30 % excreted) by site, with no error declared."""
    tramadol = samples.assign(analyte="tramadol", drug="tramadol")
    return summarise(with_doses(with_consumption(tramadol)), errors={})


def test_means_between_bounds(spec):
    """Each value below its limit is counted as zero, then as its limit; nothing is filled in between."""
    spec(
        """
        site | load_mg_day_1000inh | censored | low | high || mean_low_mg_day_1000inh | mean_high_mg_day_1000inh | n_censored
        A    | 3                   | exact    | 3   | 3    || (3 + 0 + 9) / 3 / 0.3   | (3 + 6 + 9) / 3 / 0.3    | 1
        A    | 6                   | below    | 0   | 6    ||
        A    | 9                   | exact    | 9   | 9    ||
        B    | 6                   | between  | 2   | 6    || 2 / 0.3                 | 6 / 0.3                  | 1
        C    | 6                   | above    | 6   | inf  || 6 / 0.3                 | inf                      | 1
        """,
        means,
    )


title = "Sites weigh as much as their people"


def test_mean_of_all_sites(spec):
    """One line more for all sites, where each has a population: 1 of 4 parts for A and 3 for B."""
    spec(
        """
        site | population | load_mg_day_1000inh | censored | low | high || site                     | mean_high_mg_day_1000inh
        A    |     10_000 | 3                   | exact    | 3   | 3    || A                        | 3 / 0.3
        B    |     30_000 | 9                   | exact    | 9   | 9    || B                        | (9 + 15) / 2 / 0.3
        B    |     30_000 | 15                  | exact    | 15  | 15   || all sites, by population | (1 * 3 + 3 * 12) / 4 / 0.3
        """,
        means,
    )
