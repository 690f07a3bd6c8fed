"""Splink on the records that 'frontdoor bench match --export' wrote: time per referral and memory.

One referral at a time, as they come, through find_matches_to_new_records, with the usual comparisons and the blocking
that its documentation recommends. Only a few are timed: each takes long."""

import resource
import statistics
import sys
import time

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

known_path, referrals_path = sys.argv[1:3]
timed = int(sys.argv[3]) if len(sys.argv) > 3 else 30

known = pd.read_csv(known_path, dtype=str)
referrals = pd.read_csv(referrals_path, dtype=str)
settings = SettingsCreator(
    link_type="link_only",
    unique_id_column_name="rid",
    comparisons=[
        cl.JaroWinklerAtThresholds("given", [0.92, 0.85]),
        cl.JaroWinklerAtThresholds("surname", [0.92, 0.85]),
        cl.LevenshteinAtThresholds("dob", 1),
        cl.ExactMatch("sex"),
        cl.ExactMatch("postcode"),
        cl.ExactMatch("nhs"),
        cl.ExactMatch("parent1"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("nhs"),
        block_on("dob", "surname"),
        block_on("dob", "given"),
        block_on("given", "surname"),
        block_on("postcode", "given"),
        block_on("postcode", "dob"),
    ],
)
linker = Linker(
    [known, referrals], settings, db_api=DuckDBAPI(), input_table_aliases=["known", "referrals"],
    set_up_basic_logging=False)
# Untrained: what a referral costs does not depend on the weights, and learning them from a million takes minutes.

times = []
for place in range(timed):
    row = referrals.iloc[[place]].to_dict("records")
    start = time.monotonic()
    linker.inference.find_matches_to_new_records(row, match_weight_threshold=0).as_pandas_dataframe()
    times.append(time.monotonic() - start)
times.sort()
print(f"people: {len(known)}")
print(f"one referral: median {statistics.median(times) * 1000:.0f} ms, the longest of {timed} {times[-1] * 1000:.0f} ms")
print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
