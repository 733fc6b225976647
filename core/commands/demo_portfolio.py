"""Whether the portfolio of a desk is the invented one that lies beside it."""

from __future__ import annotations

from core.portfolio.synthetic.generator import is_synthetic
from core.portfolio.tables import imported_from
from core.settings import Settings


def is_of_raw_dir(settings: Settings) -> bool:
    """Whether nothing but the raw tables here went into the portfolio; one that does not say: if those are the demo."""
    source = imported_from(settings.tables_file)
    return is_synthetic(settings.raw_dir) if source is None else source == str(settings.raw_dir)


def is_demo(settings: Settings) -> bool:
    return is_synthetic(settings.raw_dir) and is_of_raw_dir(settings)


def remaking(settings: Settings) -> str:
    """What forgets this demo and makes it again, to be typed."""
    default = settings.data_dir == settings.contract_file.parent
    return "make demo-reset" if default else "python -m core setup --reset"
