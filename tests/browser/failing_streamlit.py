"""Streamlit, for an application in which the page of one client fails for a reason that nobody thought of."""

from __future__ import annotations

import sys
from pathlib import Path

FAILING_CLIENT = "100009"
DETAIL = "a detail that is nobody's business"


def _serve() -> None:
    from streamlit.web.cli import main

    from core.desk import Desk
    from core.scoring.score import Score
    from core.scoring.similar import SimilarClients, TooFewSimilar

    as_ever = Desk.similar

    def similar(desk: Desk, score: Score) -> SimilarClients | TooFewSimilar:
        if score.applicant == FAILING_CLIENT:
            raise RuntimeError(DETAIL)
        return as_ever(desk, score)

    Desk.similar = similar  # type: ignore[method-assign, assignment]
    main()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    _serve()
