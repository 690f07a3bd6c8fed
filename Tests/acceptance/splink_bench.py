"""Splink on the records that 'frontdoor bench match --export' wrote, beside the hub's figures: time a referral, memory.

splink_bench.py KNOWN REFERRALS OURS [PROBES [SECONDS]]

KNOWN and REFERRALS are the exported tables, OURS what 'frontdoor bench match --json' printed. PROBES referrals, spread
evenly over the file, go one at a time through find_matches_to_new_records, as they come to a front door; after SECONDS
no further one is begun, and how many there were is printed. The weights are learned as Splink's documentation says
(u from random pairs, m by expectation maximisation), on the referrals and a sample of the known: what a referral costs
depends on the blocking and the comparisons, not on the sample."""

import json
import resource
import sys
import time

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SAMPLE = 25_000  # of the known, in the order of the file: those of the file first, then distractors
MEMORY_LIMIT = "7GB"


def blocking():
    # For each referral, the known who share one of these; without rules every one of the known would be compared.
    return [
        block_on("nhs"),
        block_on("upn"),
        block_on("dob", "surname"),
        block_on("dob", "given"),
        block_on("given", "surname"),
        block_on("postcode", "given"),
        block_on("postcode", "dob"),
    ]


def settings():
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rid",
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.92, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.85]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("dob", 1),
            cl.ExactMatch("sex"),
            cl.ExactMatch("postcode"),
            cl.ExactMatch("nhs"),
            cl.ExactMatch("upn"),
            cl.ExactMatch("parent1"),
        ],
        blocking_rules_to_generate_predictions=blocking(),
    )


def database():
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    return connection


def trained(known, referrals):
    """The settings with weights learned on the referrals and a sample of the known, those of the file first."""
    linker = Linker(
        [known.head(SAMPLE), referrals], settings(), db_api=DuckDBAPI(connection=database()),
        input_table_aliases=["known", "referrals"], set_up_basic_logging=False)
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    # Each with the columns held equal that the other learns.
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("nhs"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "surname", "dob"))
    learned = linker.misc.save_model_to_json()
    # One of so many, of whom most referrals are one.
    learned["probability_two_random_records_match"] = 0.75 / len(known)
    return learned


def quantile(times, share):
    return times[min(len(times) - 1, int(share * len(times)))]


def main():
    known_path, referrals_path, ours_path = sys.argv[1:4]
    probes = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    seconds = float(sys.argv[5]) if len(sys.argv) > 5 else 300
    known = pd.read_csv(known_path, dtype=str)
    referrals = pd.read_csv(referrals_path, dtype=str)
    with open(ours_path, encoding="utf-8") as file:
        ours = json.load(file)

    start = time.monotonic()
    learned = trained(known, referrals)
    training = time.monotonic() - start

    # With the known alone: a new record is compared with what the linker was made of.
    start = time.monotonic()
    connection = database()
    linker = Linker(
        known, {**learned, "link_type": "dedupe_only"}, db_api=DuckDBAPI(connection=connection),
        input_table_aliases=["known"], set_up_basic_logging=False)
    people = len(known)
    del known
    for column in ["given", "surname"]:
        linker.table_management.compute_tf_table(column)
    places = [place * len(referrals) // probes for place in range(min(probes, len(referrals)))]
    # As a table, so that a field which a referral lacks is a text as it is elsewhere.
    columns = ", ".join(f"CAST({column} AS VARCHAR) AS {column}" for column in referrals.columns)
    connection.register("all_referrals", referrals)

    def find(number, place):
        table = f"referral_{number}"
        rid = referrals.iloc[place]["rid"]
        connection.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM all_referrals WHERE rid = ?", [rid])
        return linker.inference.find_matches_to_new_records(
            table, blocking_rules=blocking(), match_weight_threshold=0).as_pandas_dataframe()

    # The first builds what is kept between referrals, and counts to the filling.
    find(0, places[0])
    filling = time.monotonic() - start
    times, busy = [], []
    found = 0
    begun = time.monotonic()
    for number, place in enumerate(places):
        if time.monotonic() - begun > seconds:
            break
        start, busy_before = time.monotonic(), time.process_time()
        found += len(find(number + 1, place)) > 0
        times.append(time.monotonic() - start)
        busy.append(time.process_time() - busy_before)
    times.sort()
    busy.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def both(name, share, mine, theirs):
        def text(value):
            return f"{value:,.3f} ms" if value < 10 else f"{value:,.0f} ms"
        return (name, text(ours[mine] / 1000), text(quantile(theirs, share) * 1000))

    rows = [
        ("", "frontdoor", "Splink"),
        ("people", f"{ours['people']:,}", f"{people:,}"),
        ("filling", f"{ours['addMicroseconds'] * ours['people'] / 1e6:.0f} s", f"{filling:.0f} s"),
        ("referrals timed", f"{ours['referrals']:,}", f"{len(times):,}"),
        both("a referral, median", 0.5, "p50Microseconds", times),
        both("99 in 100 within", 0.99, "p99Microseconds", times),
        both("the longest", 1, "maxMicroseconds", times),
        both("its CPU time, median", 0.5, "cpuP50Microseconds", busy),
        both("99 in 100 within", 0.99, "cpuP99Microseconds", busy),
        both("the longest", 1, "cpuMaxMicroseconds", busy),
        ("memory", f"{ours['memoryBytes'] / 2**20:,.0f} MiB", f"{peak:,.0f} MiB"),
    ]
    for row in rows:
        print(f"{row[0]:<22}{row[1]:>14}{row[2]:>14}")
    print(f"Splink learned its weights in {training:.0f} s and found somebody for {found} of {len(times)} referrals.")
    print("CPU time: of all threads that a referral occupies; what a busy machine delays is not in it.")
    print("Memory: the index of the hub; the whole process of Splink, its learning and its copy of the table included.")


main()
