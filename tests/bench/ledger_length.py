"""What the length of the record costs: starting, verifying, replaying, and one more decision among a million."""

from __future__ import annotations

import time
from collections.abc import Callable, Sized
from contextlib import closing
from datetime import UTC, datetime

import duckdb

from core.casework.opening import open_ledger
from core.casework.replay import open_replayer
from core.casework.row_source import open_row_source
from core.casework.stored_record import stored_records
from core.ledger.canonical import line
from core.ledger.chain import Link, linked
from core.ledger.event import Actor, Draft, Event
from core.ledger.head import HeadFile
from core.ledger.journal import Journal
from core.ledger.ledger import Ledger
from core.ledger.recovery import HEAD_FILE, JOURNAL_FOLDER, VERIFIED_FILE
from core.ledger.store import STORE_FILE
from core.ledger.store_rows import EVENT_COLUMNS, row_of
from core.portfolio import contract_file
from core.settings import Settings
from tests.bench.ledger_desk import Work, beside, folder_on_disk
from tests.bench.measure import seconds_of, side_by_side

EVENTS = 1_000_000
CALLS, CLIENTS = 60, 30

# As casework makes them in all that is looked for: ids and keys spread like real ones, or blocks would be passed over.
# Without sealed parts, which nobody looks for, and under a kind of their own, so that no reading has to be filled.
_ID = "upper(translate(substr(md5({}::varchar), 1, 16), '0123456789abcdef', 'abcdefghkmprtvxz'))"
_FILLED = f"""
    insert into events
    select k as sequence, timestamp '2025-01-01' + to_milliseconds(k * 25_000) as "at", 'noted' as kind,
        'officer.' || hash(k, 1) % 40 as actor, 'officer' as role, '192.0.2.' || hash(k, 2) % 200 as address,
        application as subject, application, 'P' || {_ID.format("(k % 300_000)")} as applicant,
        if(k % 2 = 0, 'decided:', 'scored:') || md5(k::varchar || 'request') as idempotency_key,
        '{{"amount":' || 50_000 + hash(k, 3) % 900_000 || ',"decision":"approve","default_probability":0.0'
            || hash(k, 4) % 1_000_000 || ',"score":' || k - 1 || '}}' as public,
        null as nonce, null as ciphertext, null as plaintext_sha256,
        unhex(md5((k - 1)::varchar) || md5(k::varchar)) as previous_hash,
        unhex(md5(k::varchar) || md5((k + 1)::varchar)) as hash
    from (select k, 'A' || {_ID.format("(k // 2)")} as application from range(1, {EVENTS}) as made (k))"""


def run(own: Settings) -> None:
    """`own`: of a desk whose ledger is closed and holds some real work."""
    _start(own)
    with closing(open_ledger(own)) as ledger:
        _verify(ledger)
        _replay(own, ledger)
    with folder_on_disk() as folder:
        _among_many(own, beside(own, folder))


def _start(own: Settings) -> None:
    with closing(open_ledger(own)) as ledger:
        events = ledger.head.count
    print(f"\nA record of {events:,} events of real work")
    seen = _seconds_to_open(own)
    (own.ledger_dir / VERIFIED_FILE).unlink()
    whole = _seconds_to_open(own)
    for file in own.ledger_dir.glob(f"{STORE_FILE}*"):
        file.unlink()
    anew = _seconds_to_open(own)
    print(
        f"  start: {seen * 1e3:.0f} ms; looking at every event: {whole * 1e3:.0f} ms ({whole / events * 1e6:.0f} µs "
        f"an event); the database made anew from the journal: {anew * 1e3:.0f} ms ({anew / events * 1e6:.0f} µs)"
    )


def _verify(ledger: Ledger) -> None:
    started = time.perf_counter()
    found = ledger.verify()
    spent = time.perf_counter() - started
    assert found.sound, found.finding
    print(f"  verify, journal beside database: {spent:.2f} s, {spent / found.events * 1e6:.0f} µs an event")


def _replay(own: Settings, ledger: Ledger) -> None:
    records = list(stored_records(ledger))
    alone = open_replayer(own)
    print(f"  replay of {len(records):,} records: {_milliseconds_each(lambda: alone.replay_all(records), records)}")
    with open_row_source(own, contract_file.read(own.contract_file)) as source:
        whole = open_replayer(own, source)
        words = _milliseconds_each(lambda: whole.replay_all(records), records)
    print(f"  the same with the features made again from the raw fields: {words}")


def _among_many(short: Settings, long: Settings) -> None:
    made = seconds_of(lambda: _fill(long))
    few, many = Work(short, CLIENTS), None
    try:
        opened = time.perf_counter()
        many = Work(long, CLIENTS)
        ready = time.perf_counter() - opened
        lengths = [f"{work.ledger.head.count:,}" for work in (few, many)]
        print(f"\nOne more decision behind {lengths[1]} events (filled in {made:.0f} s, opened in {ready:.1f} s)")
        timings = side_by_side(
            {
                f"score recorded behind {lengths[0]}": few.record_score,
                f"score recorded behind {lengths[1]}": many.record_score,
                f"decision behind {lengths[0]}": few.decide,
                f"decision behind {lengths[1]}": many.decide,
            },
            CALLS,
        )
        for short_timing, long_timing in zip(timings[::2], timings[1::2], strict=True):
            print(short_timing.line())
            print(long_timing.line(short_timing))
    finally:
        for work in (few, many):
            if work is not None:
                work.close()


def _fill(own: Settings) -> None:
    """A million events straight into the closed files: the last is a true link, and known as verified."""
    with closing(open_ledger(own)) as ledger:
        verified, head = (ledger.keys.derived(purpose) for purpose in ("verified", "head"))
    with duckdb.connect(str(own.ledger_dir / STORE_FILE)) as connection:
        connection.execute(_FILLED)
        last = _last_event(connection)
        marks = ", ".join("?" * len(EVENT_COLUMNS))
        connection.execute(f"insert into events values ({marks})", list(row_of(last)))
        connection.execute("checkpoint")
    with closing(Journal.open(own.ledger_dir / JOURNAL_FOLDER)) as journal:
        journal.append([line(last)])
        journal.settle()
    HeadFile(own.ledger_dir / VERIFIED_FILE, verified).write(Link.of(last).head())
    HeadFile(own.ledger_dir / HEAD_FILE, head).write(Link.of(last).head())


def _last_event(connection: duckdb.DuckDBPyConnection) -> Event:
    found = connection.execute('select "at", hash from events order by sequence desc limit 1').fetchone()
    assert found is not None
    before = Link(EVENTS - 1, found[0].replace(tzinfo=UTC), found[1])
    return linked(Draft("noted", Actor("bench", "officer"), "the last", {}), None, before, datetime.now(UTC))


def _seconds_to_open(own: Settings) -> float:
    started = time.perf_counter()
    ledger = open_ledger(own)
    spent = time.perf_counter() - started
    ledger.close()
    return spent


def _milliseconds_each(job: Callable[[], object], of: Sized) -> str:
    return f"{seconds_of(job) * 1e3 / len(of):.2f} ms each"
