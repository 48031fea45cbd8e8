"""Runs every peer and our benches on this machine in one run and prints a table.

    python crates/science/peers/compare.py [--venv DIR | --here] [--data DIR] [--quick] [--only TEXT]

Peers live in a throw-away virtual environment (`--venv`, by default target/peers) or in the current one (`--here`).
Ours run by `cargo bench`, one JSON line a measurement; a bench that is not there is left out and said so.
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
CUSTOMERS = [100_000, 1_000_000, 10_000_000]

# (peer key, sizes, part of our bench's name, runs). Sizes a peer cannot reach in minutes are left out.
TASKS = [
    ("lifetimes_bg_nbd", [100_000, 1_000_000], "bg_nbd", 1),
    ("pymc_bg_nbd", [100_000, 1_000_000], "bg_nbd", 1),
    ("lifetimes_pareto_nbd", [100_000], "pareto_nbd", 1),
    ("polars_rfm", CUSTOMERS, "orders_to_rfm", 3),
    ("mlxtend_fp_growth_t10i4d100k", [1], "fp_growth_t10i4d100k", 1),
    ("rusket_fp_growth_t10i4d100k", [1], "fp_growth_t10i4d100k", 5),
    ("mlxtend_fp_growth_online_retail", [1], "fp_growth_online_retail", 1),
    ("rusket_fp_growth_online_retail", [1], "fp_growth_online_retail", 5),
    ("implicit_als", [1], "als", 3),
    ("numpy_ease", [1], "ease", 3),
    ("lapack_ease", [1], "ease", 3),
    ("plspm_mobi_fit", [1], "pls_mobi_fit", 3),
    ("plspm_mobi_bootstrap", [100], "pls_mobi_bootstrap", 1),
    ("semopy_holzinger", [1], "cb_sem_holzinger", 3),
]
QUICK = 100_000
# What to hand each bench; benches without a file in benches/ are skipped.
BENCHES = {
    "btyd": [str(n) for n in CUSTOMERS],
    "orders": [str(n) for n in CUSTOMERS],
    "baskets": [],
    "recommend": [],
    "satisfaction": ["5000"],
}


def lines(text):
    """The JSON lines among others."""
    found = []
    for line in text.splitlines():
        if line.startswith("{"):
            found.append(json.loads(line))
    return found


def ours(arguments):
    """Every measurement of our benches."""
    measured = []
    for bench, sizes in BENCHES.items():
        if not (HERE.parent / "benches" / f"{bench}.rs").exists():
            print(f"left out: bench {bench} is not there", file=sys.stderr)
            continue
        sizes = [size for size in sizes if not arguments.quick or int(size) <= QUICK]
        measured += lines(cargo_bench(bench, sizes))
    return measured


def cargo_bench(bench, given):
    command = ["cargo", "bench", "-q", "-p", "dangol-science", "--bench", bench, "--", *given]
    print("ours:", " ".join(command), file=sys.stderr)
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        print(f"left out: bench {bench} failed", file=sys.stderr)
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


def peer(program, arguments, key, n, runs, pairs):
    """One measurement of a peer; None when it failed, which is said."""
    command = [program, HERE / "measure.py", key, str(n), "--data", arguments.data, "--runs", str(runs)]
    # implicit divides the work itself and asks for one thread in the library below it.
    below = "1" if key == "implicit_als" else str(os.cpu_count())
    environment = os.environ | {"OPENBLAS_NUM_THREADS": below, "OMP_NUM_THREADS": str(os.cpu_count())}
    print("peer:", key, n, file=sys.stderr)
    try:
        run = subprocess.run([*command, "--pairs", pairs], env=environment, capture_output=True, text=True,
                             timeout=arguments.timeout)
    except subprocess.TimeoutExpired:
        print(f"left out: {key} at {n:,} took more than {arguments.timeout} s", file=sys.stderr)
        return None
    found = lines(run.stdout)
    if not found:
        reason = (run.stderr.strip().splitlines() or [f"ended with {run.returncode}"])[-1]
        print(f"left out: {key} at {n:,}: {reason}", file=sys.stderr)
        return None
    return found[-1]


def matching(measured, name, n):
    """Ours of the same task: of the same size if there is one, else the nearest, compared by the unit."""
    of_task = [m for m in measured if m["bench"] == name or m["bench"].startswith(f"{name}_fit")]
    return min(of_task, key=lambda m: abs(m["n"] - n), default=None)


def agreement(peer_line, our_line):
    """What both found, side by side."""
    result, parts = peer_line["result"], []
    for name, value in result.items():
        if name == "truth":
            continue
        mine = our_line.get(name) if our_line else None
        if isinstance(value, dict):
            off = [abs(v / t - 1) for v, t in zip(value.values(), result["truth"])]
            parts.append(f"peer within {max(off):.1%} of the truth")
            if isinstance(mine, dict):
                mine = list(mine.values())
            if mine:
                parts.append(f"ours within {max(abs(v / t - 1) for v, t in zip(mine, result['truth'])):.1%}")
        elif mine is None:
            parts.append(f"{name} {value:.4g}")
        elif name == "customers":
            continue
        else:
            parts.append(f"{name} {value:.5g} / {mine:.5g}" + (" =" if value == mine else ""))
    return "; ".join(parts)


def row(task, peer_line, our_line):
    cells = [task, f"{peer_line['n']:,}", peer_line["peer"], f"{peer_line['seconds']:.3f}"]
    if our_line is None:
        return [*cells, "not measured", "", agreement(peer_line, None)]
    unit = peer_line["n"] / our_line["n"]
    seconds = our_line["seconds"] * unit
    note = "" if unit == 1 else f" (of {our_line['seconds']:.3f} for {our_line['n']:,})"
    ratio = peer_line["seconds"] / seconds if seconds else float("inf")
    return [*cells, f"{seconds:.4f}{note}", f"{ratio:.1f}", agreement(peer_line, our_line)]


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


def growth(measured):
    """Our seconds by size for every bench that ran at several."""
    by_bench = {}
    for m in measured:
        by_bench.setdefault(m["bench"], {})[m["n"]] = m["seconds"]
    sizes = sorted({n for found in by_bench.values() if len(found) > 1 for n in found})
    rows = [[bench, *(f"{found[n]:.4f}" if n in found else "" for n in sizes)]
            for bench, found in by_bench.items() if len(found) > 1]
    if rows:
        table(["ours, seconds by n", *(f"{n:,}" for n in sizes)], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", default=str(ROOT / "target" / "peers"))
    parser.add_argument("--here", action="store_true", help="the current interpreter has the peers")
    parser.add_argument("--data", default=os.environ.get("DANGOL_DATA_DIR", str(ROOT.parent / "shared" / "data")))
    parser.add_argument("--quick", action="store_true", help="no size above 100,000 customers")
    parser.add_argument("--only", default="", help="peers whose key has this text")
    parser.add_argument("--timeout", type=int, default=900, help="seconds a peer may take")
    arguments = parser.parse_args()

    program = python(arguments)
    measured = ours(arguments)
    pairs = str(ROOT / "target" / "peers-pairs.csv")
    cargo_bench("recommend", ["--write", pairs])
    rows = []
    for key, sizes, name, runs in TASKS:
        for n in (n for n in sizes if arguments.only in key and not (arguments.quick and n > QUICK)):
            found = peer(program, arguments, key, n, runs, pairs)
            if found:
                rows.append(row(name, found, matching(measured, name, found["n"])))
    print(f"{os.cpu_count()} cores; least of the runs; the ratio is the peer's seconds by ours; found: peer / ours")
    table(["task", "n", "peer", "peer s", "ours s", "ratio", "agreement"], rows)
    growth(measured)


if __name__ == "__main__":
    main()
