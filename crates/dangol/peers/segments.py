"""Asks DuckDB the questions of `bench segments`, over the same rows: `python segments.py DATABASE QUESTIONS`.

DATABASE is the SQLite file, QUESTIONS a JSON list of `{"text", "sql", "values"}`, the very statements that Dangol asks its
own engine when it counts everyone. Prints one JSON line a question: `{"text", "ms", "count"}`, the median of five. Reading
the rows into DuckDB is outside of the measured time. Two threads, as the bench has two cores.
"""

import csv
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time

import duckdb

TIMES = 5
# The tables a rule can ask, with the columns it does, and their types.
TABLES = {
    "facts": "party orders order_days spend refunds first_day last_day usual_interval:double state:varchar state_since "
    "late_from regular_until contacted_day r f m currency:varchar",
    "parties": "id name:varchar name_fold:varchar kind:varchar created_at",
    "party_root": "party root",
    "contacts": "party kind:varchar source:varchar value:varchar",
    "scores": "party p_alive:double expected_orders:double value:double",
    "order_lines": "party source:varchar order_no:varchar day product:varchar category:varchar channel:varchar "
    "store:varchar staff:varchar amount currency:varchar retracted_by taken_back",
    "visits": "party day at store:varchar",
    "notes": "party at contact:varchar author_name:varchar deleted_at",
    "interactions": "party kind:varchar at source_id:varchar store:varchar staff:varchar channel:varchar",
    "segment_members": "segment party",
    "suspensions": "party",
    "erasures": "party",
    "party_markets": "party market:varchar",
}
# Of the log what rules can ask: an order is found through its lines.
ONLY = {"interactions": " where party is not null and kind <> 'order.added'"}


def load(database, duck):
    """Reads each table into DuckDB by way of a CSV: its own reader of SQLite is an extension, which needs a network."""
    source = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    with tempfile.TemporaryDirectory() as folder:
        for table, columns in TABLES.items():
            typed = [column.split(":") for column in columns.split()]
            names = ", ".join(column[0] for column in typed)
            path = os.path.join(folder, table + ".csv")
            with open(path, "w", newline="") as file:
                writer = csv.writer(file)
                for row in source.execute(f"select {names} from {table}{ONLY.get(table, '')}"):
                    writer.writerow(["\\N" if value is None else value for value in row])
            types = ", ".join(f"'{name}': '{(kind or ['bigint'])[0]}'" for name, *kind in typed)
            # Nothing is guessed of the file: an empty one has columns as well.
            duck.execute(
                f"create table {table} as select * from read_csv('{path}', auto_detect = false, header = false, "
                f"delim = ',', nullstr = '\\N', quote = '\"', escape = '\"', columns = {{{types}}})"
            )
            os.remove(path)


def main(database, questions):
    duck = duckdb.connect(config={"threads": 2})
    load(database, duck)
    with open(questions) as file:
        asked = json.load(file)
    for question in asked:
        took = []
        for _ in range(TIMES):
            start = time.perf_counter()
            (count,) = duck.execute(question["sql"], question["values"]).fetchone()
            took.append((time.perf_counter() - start) * 1000)
        print(json.dumps({"text": question["text"], "ms": statistics.median(took), "count": count}), flush=True)


main(*sys.argv[1:])
