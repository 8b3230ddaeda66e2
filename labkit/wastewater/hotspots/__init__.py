"""The area that stands out: each against the others, all together, nested points, first finds; and what to check first."""

from labkit.wastewater.hotspots.funnel import Funnel, funnel
from labkit.wastewater.hotspots.nested import Balance, balance, positive_share_bound
from labkit.wastewater.hotspots.panel import Panel, to_panels
from labkit.wastewater.hotspots.presence import presence_table
from labkit.wastewater.hotspots.residuals import Departures, departures
from labkit.wastewater.hotspots.scan import scan_table
from labkit.wastewater.hotspots.triage import triage
from labkit.wastewater.hotspots.watch import COMMON_MODE, Watch, watch

__all__ = [
    "COMMON_MODE",
    "Balance",
    "Departures",
    "Funnel",
    "Panel",
    "Watch",
    "balance",
    "departures",
    "funnel",
    "positive_share_bound",
    "presence_table",
    "scan_table",
    "to_panels",
    "triage",
    "watch",
]
