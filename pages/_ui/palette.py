"""Chart colours by meaning: placeholders that the browser replaces by the theme's, so one figure serves light and dark.

The order is that of `chartCategoricalColors` in .streamlit/config.toml.
"""

from typing import Final

ACCENT: Final = "#000001"
RAISES_RISK: Final = "#000002"
LOWERS_RISK: Final = "#000003"
REFER: Final = "#000004"
SECOND_SERIES: Final = "#000005"
NEUTRAL: Final = "#000006"
TEXT: Final = "#000007"
QUIET: Final = "#000008"
GRID: Final = "#000009"
BAND: Final = "#000010"

RECOMMENDED: Final = {"approve": LOWERS_RISK, "refer": REFER, "decline": RAISES_RISK}
DIRECTION: Final = {"raises risk": RAISES_RISK, "lowers risk": LOWERS_RISK, "": QUIET}
DIRECTION_MARK: Final = {"raises risk": "▲", "lowers risk": "▼", "": "–"}
