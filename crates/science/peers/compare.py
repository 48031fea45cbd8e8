"""Runs our benches and every peer on this machine, one after the other, and prints ONE table.

    python3.11 crates/science/peers/compare.py [--venv DIR | --here] [--data DIR] [--quick] [--ours] [--only TEXT]

Peers live in a throw-away virtual environment (`--venv`, by default target/peers) or in the current one (`--here`).
Ours run by `cargo bench`, one JSON line a measurement. A bench that is missing, fails or tells nothing is an error: the
table is printed all the same, and the program ends with 1. So is a peer that fails, unless it took more than `--timeout`.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SIZES = [100_000, 1_000_000, 10_000_000]
QUICK = 100_000

# What to hand each bench.
BENCHES = {
    "published": [],
    "btyd": [str(n) for n in SIZES],
    "orders": [str(n) for n in SIZES],
    "baskets": [],
    "recommend": [],
    "satisfaction": ["5000"],
    "survival": [],
    "choice": ["judge", "lift", "uplift"],
}

PAPER = "r .243 α 4.414 a .793 b 2.426, LL −9582.4 (Fader, Hardie & Lee 2005)"
PARETO = "r .553 α 10.578 s .606 β 11.669, LL −9595.0 (Fader, Hardie & Lee 2005)"
TRUE = "truth: CDNOW's parameters"
HOLZINGER = "χ²(24) 85.306, LL −3737.745 (lavaan)"
DEMOCRACY = "χ²(35) 38.125, LL −1547.791 (Bollen 1989, lavaan)"

# (model, published, our bench, peer or none, sizes at which both run; None: as large as the data are).
# Sizes a peer cannot reach in minutes are left to ours alone.
TASKS = [
    ("BG/NBD, CDNOW", PAPER, "bg_nbd_cdnow", "lifetimes_bg_nbd_cdnow", None),
    ("MBG/NBD, CDNOW", "r .525 α 6.183 a .891 b 1.614 (Batislam et al. 2007)", "mbg_nbd_cdnow",
     "lifetimes_mbg_nbd_cdnow", None),
    ("Pareto/NBD, CDNOW", PARETO, "pareto_nbd_cdnow", "lifetimes_pareto_nbd_cdnow", None),
    ("NBD, CDNOW", "", "nbd_cdnow", None, None),
    ("Gamma-Gamma, CDNOW", "p 6.25 q 3.74 γ 15.44 (Fader & Hardie 2013)", "gamma_gamma_cdnow",
     "lifetimes_gamma_gamma_cdnow", None),
    ("BG/BB, donations", "α 1.204 β .750 γ .657 δ 2.783, LL −33225.6 (Fader, Hardie & Shang 2010)",
     "bg_bb_donations", "lifetimes_bg_bb_donations", None),
    ("sBG, regular", "α .704 β 1.182 (Fader & Hardie 2007)", "sbg_regular", None, None),
    ("sBG, high-end", "α .668 β 3.806 (Fader & Hardie 2007)", "sbg_high_end", None, None),
    ("BdW, regular", "γ .4556 δ .7793 c 1.2835, LL −1679.603", "bdw_regular", None, None),
    ("BdW, high-end", "γ .2143 δ 1.4266 c 1.7236, LL −1605.314", "bdw_high_end", None, None),
    ("DERL, high-end", "7.530", "derl_high_end", None, None),
    ("BG/NBD fit", TRUE, "bg_nbd_cohort_fit", "lifetimes_bg_nbd", [100_000, 1_000_000]),
    ("BG/NBD fit", TRUE, "bg_nbd_cohort_fit", "pymc_bg_nbd", [100_000, 1_000_000]),
    ("BG/NBD fit", TRUE, "bg_nbd_cohort_fit", None, [10_000_000]),
    ("Pareto/NBD fit", TRUE, "pareto_nbd_cohort_fit", "lifetimes_pareto_nbd", [100_000]),
    ("Pareto/NBD fit", TRUE, "pareto_nbd_cohort_fit", None, [1_000_000, 10_000_000]),
    ("P(alive) and orders, with intervals, BG/NBD", "", "bg_nbd_cohort_score", None, SIZES),
    ("the same, Pareto/NBD", "", "pareto_nbd_cohort_score", None, SIZES),
    ("lifetime value with interval, BG/NBD", "", "bg_nbd_cohort_clv", None, SIZES),
    ("the same, Pareto/NBD", "", "pareto_nbd_cohort_clv", None, SIZES),
    ("BG/NBD fit, first seen within a year", TRUE, "bg_nbd_year_fit", None, SIZES),
    ("Pareto/NBD fit, first seen within a year", TRUE, "pareto_nbd_year_fit", None, SIZES),
    ("lifetime value with interval, BG/NBD, within a year", "", "bg_nbd_year_clv", None, SIZES),
    ("the same, Pareto/NBD", "", "pareto_nbd_year_clv", None, SIZES),
    ("bootstrap of lifetime value, CDNOW, draws", "", "clv_cdnow_bootstrap", None, None),
    ("order log of n customers to histories", "", "orders_simulated_summary", None, SIZES),
    ("n orders to RFM classes", "", "orders_to_rfm", "polars_rfm", SIZES),
    ("FP-growth, T10I4D100K at .002", "13255 sets", "fp_growth_t10i4d100k", "mlxtend_fp_growth_t10i4d100k", None),
    ("FP-growth, T10I4D100K at .002", "13255 sets", "fp_growth_t10i4d100k", "rusket_fp_growth_t10i4d100k", None),
    ("FP-growth, Online Retail at .005", "16352 sets", "fp_growth_online_retail",
     "mlxtend_fp_growth_online_retail", None),
    ("FP-growth, Online Retail at .005", "16352 sets", "fp_growth_online_retail",
     "rusket_fp_growth_online_retail", None),
    ("ALS, 64 factors", "", "als", "implicit_als", None),
    ("EASE", "", "ease", "numpy_ease", None),
    ("EASE", "", "ease", "lapack_ease", None),
    ("item-item", "", "item_item", None, None),
    ("PLS, ECSI mobi", "Quality>Satisfaction .5120 (seminr, plspm)", "pls_mobi_fit", "plspm_mobi_fit", None),
    ("PLS bootstrap, draws", "", "pls_mobi_bootstrap", "plspm_mobi_bootstrap", [100]),
    ("consistent PLS bootstrap, draws", "", "plsc_mobi_bootstrap", None, None),
    ("covariance SEM, Holzinger & Swineford", HOLZINGER, "cb_sem_holzinger", "semopy_holzinger", None),
    ("covariance SEM, democracy", DEMOCRACY, "cb_sem_democracy", "semopy_democracy", None),
    ("Kaplan-Meier, Telco", "S(12) .843200 (lifelines)", "kaplan_meier_telco", "lifelines_kaplan_meier", None),
    ("Cox, Telco", "LL −14066.488 (lifelines)", "cox_telco", "lifelines_cox", None),
    ("sentiment, NSMC", "TF-IDF and logistic .8725", "sentiment_judge_nsmc", None, None),
    ("lift of revenue, BCa, 2,000 draws, Hillstrom", ".7698 (.4851 to 1.0545 normal)", "mean_lift_bca_2000",
     "scipy_bca", None),
    ("Qini, 1,000 draws, Hillstrom", "", "qini_bootstrap_1000", None, None),
]
# Peers that are quick are run more often, for the least of the runs.
OFTEN = {"rusket": 5, "implicit": 3, "numpy": 3, "lapack": 3, "polars": 3, "semopy": 3, "lifelines": 3}

faults = []


def fault(text):
    faults.append(text)
    print("error:", text, file=sys.stderr)


def lines(text):
    """The JSON lines among others."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def ours(arguments):
    """Every measurement of our benches by (bench, n)."""
    measured = {}
    wanted = {bench for _, _, bench, peer, _ in TASKS if arguments.only in f"{bench} {peer}"}
    for bench, given in BENCHES.items():
        if not (HERE.parent / "benches" / f"{bench}.rs").exists():
            fault(f"bench {bench} is not there")
            continue
        given = [size for size in given if not (arguments.quick and size.isdigit() and int(size) > QUICK)]
        found = lines(cargo_bench(bench, given))
        if not found:
            fault(f"bench {bench} told nothing")
        measured |= {(line["bench"], line["n"]): line for line in found}
    for bench in sorted(wanted - {bench for bench, _ in measured}):
        fault(f"no bench measured {bench}")
    return measured


def cargo_bench(bench, given):
    command = ["cargo", "bench", "-q", "-p", "dangol-science", "--bench", bench, "--", *given]
    print("ours:", " ".join(command), file=sys.stderr, flush=True)
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        fault(f"bench {bench} ended with {run.returncode}")
    return run.stdout


def python(arguments):
    """The interpreter that has the peers, made when it is not there."""
    if arguments.here:
        return sys.executable
    folder = Path(arguments.venv).resolve()
    program = folder / "bin" / "python"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([program, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return program


def peer(program, arguments, key, n, pairs):
    """One measurement of a peer; None when there is none, which is said."""
    runs = OFTEN.get(key.split("_")[0], 1)
    command = [program, HERE / "measure.py", key, str(n), "--data", arguments.data, "--runs", str(runs)]
    # implicit divides the work itself and asks for one thread in the library below it.
    below = "1" if key == "implicit_als" else str(os.cpu_count())
    environment = os.environ | {"OPENBLAS_NUM_THREADS": below, "OMP_NUM_THREADS": str(os.cpu_count())}
    print("peer:", key, n, file=sys.stderr, flush=True)
    try:
        run = subprocess.run([*command, "--pairs", pairs], env=environment, capture_output=True, text=True,
                             timeout=arguments.timeout)
    except subprocess.TimeoutExpired:
        print(f"left out: {key} at {n:,} took more than {arguments.timeout} s", file=sys.stderr)
        return None
    found = lines(run.stdout)
    if not found:
        reason = (run.stderr.strip().splitlines() or [f"ended with {run.returncode}"])[-1]
        fault(f"{key} at {n:,}: {reason}")
        return None
    return found[-1]


def of_size(measured, bench, n):
    """Our line of this size, else the one there is: then times are compared by the piece."""
    of_bench = [line for (name, _), line in measured.items() if name == bench]
    exact = [line for line in of_bench if line["n"] == n]
    return (exact or of_bench or [None])[0]


def seconds(value):
    return f"{value:.3f} s" if value >= 0.1 else f"{1000 * value:.3f} ms"


def row(model, published, mine, theirs):
    """model · published · ours · peer · our time · peer time · ratio · n."""
    n = f"{(theirs or mine)['n']:,}" if theirs or mine else ""
    ours_found, our_time = (mine["value"], seconds(mine["seconds"])) if mine else ("MISSING", "")
    if theirs is None:
        return [model, published, ours_found, "", our_time, "", "", f"{mine['n']:,}" if mine else ""]
    peer_found = f"{theirs['peer']}: {theirs['value']}"
    ratio = ""
    if mine:
        scale = theirs["n"] / mine["n"]
        if scale != 1:
            our_time += f" for {mine['n']:,}"
        ratio = f"{theirs['seconds'] / (mine['seconds'] * scale):,.1f}"
    return [model, published, ours_found, peer_found, our_time, seconds(theirs["seconds"]), ratio, n]


def table(rows):
    print("\n| model | published | ours | peer | our time | peer time | ratio | n |")
    print("|" + " --- |" * 4 + " ---: |" * 4)
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", default=str(ROOT / "target" / "peers"))
    parser.add_argument("--here", action="store_true", help="the current interpreter has the peers")
    parser.add_argument("--data", default=os.environ.get("DANGOL_DATA_DIR", str(ROOT.parent / "shared" / "data")))
    parser.add_argument("--quick", action="store_true", help="no size above 100,000 customers")
    parser.add_argument("--ours", action="store_true", help="no peers")
    parser.add_argument("--only", default="", help="rows whose bench or peer has this text")
    parser.add_argument("--timeout", type=int, default=900, help="seconds a peer may take")
    arguments = parser.parse_args()

    measured = ours(arguments)
    pairs = str(ROOT / "target" / "peers-pairs.csv")
    program = None
    if not arguments.ours:
        program = python(arguments)
        cargo_bench("recommend", ["--write", pairs])
    rows = []
    for model, published, bench, key, sizes in TASKS:
        if arguments.only not in f"{bench} {key}":
            continue
        for n in sizes or [1]:
            if arguments.quick and n > QUICK:
                continue
            theirs = peer(program, arguments, key, n, pairs) if key and program else None
            rows.append(row(model, published, of_size(measured, bench, theirs["n"] if theirs else n), theirs))
    table(rows)
    print(f"\n{os.cpu_count()} cores, least of the runs; the ratio is the peer's seconds by ours, by the piece where n differ.")
    for text in faults:
        print("error:", text)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
