"""`make bench`: every figure in one run, rivals side by side; `--full` adds the published size."""

from __future__ import annotations

import argparse
import platform

from core import settings
from core.desk import open_desk
from tests.bench import (
    bench_features,
    bench_full,
    bench_history,
    bench_ledger,
    bench_rerun,
    bench_scoring,
    bench_sign_in,
    bench_start,
    bench_tables,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="307,511 applicants instead of the demo portfolio")
    if parser.parse_args().full:
        bench_full.run()
        return
    own = settings.read()
    desk = open_desk(own)
    print(f"Python {platform.python_version()}, model {desk.model.version}, medians of repeated calls on this machine")
    bench_scoring.run(desk)
    desk.close()
    bench_ledger.run(own)
    bench_tables.run(own)
    bench_features.bench_features(full=False)
    bench_history.run()
    bench_sign_in.run()
    bench_start.run()
    bench_rerun.run()


if __name__ == "__main__":
    main()
