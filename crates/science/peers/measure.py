"""Times one peer and prints one JSON line: `python measure.py KEY N --data DIR [--pairs FILE] [--runs R]`.

One process a peer, so that neither memory nor a crash of one touches another. Reading and shaping the data is outside
the measured time. `value` is what was found, in a few words, as our benches tell it.
"""

import argparse
import csv
import gzip
import json
import os
import resource
import time
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")

PEERS = {}
# The worlds of the buy-till-you-die peers: the fits of CDNOW (Fader, Hardie & Lee 2005).
BG_NBD = (0.243, 4.414, 0.793, 2.426)
PARETO_NBD = (0.553, 10.578, 0.606, 11.669)


def peer(key, package):
    """Registers a function that takes the arguments and returns (run, describe); describe gives (value, n)."""

    def register(prepare):
        PEERS[key] = (package, prepare)
        return prepare

    return register


def histories(model, n, numpy):
    """Repeat purchases, recency and age in weeks of n simulated customers, in whole days, first seen within twelve weeks."""
    chance = numpy.random.default_rng(7)
    r, alpha = model[:2]
    rate = chance.gamma(r, 1 / alpha, n)
    age = chance.integers(189, 274, n) / 7.0
    if model is BG_NBD:
        leaves = chance.beta(model[2], model[3], n)
        count, last = numpy.zeros(n), numpy.zeros(n)
        now, active = numpy.zeros(n), numpy.arange(n)
        while active.size:
            now[active] += chance.exponential(1 / numpy.maximum(rate[active], 1e-12))
            active = active[now[active] < age[active]]
            count[active] += 1
            last[active] = now[active]
            active = active[chance.random(active.size) >= leaves[active]]
    else:
        life = numpy.minimum(age, chance.exponential(1 / numpy.maximum(chance.gamma(model[2], 1 / model[3], n), 1e-12)))
        count = chance.poisson(rate * life).astype(float)
        last = numpy.where(count > 0, life * chance.random(n) ** (1 / numpy.maximum(count, 1)), 0.0)
    # A repeat on the first day is no repeat of its own.
    last = numpy.floor(last * 7) / 7
    count[last == 0] = 0
    return count, last, age


def off(parameters, truth):
    """How far the worst parameter lies from the truth."""
    return f"within {max(abs(p / t - 1) for p, t in zip(parameters, truth)):.1%} of the truth"


@peer("lifetimes_bg_nbd", "Lifetimes")
def lifetimes_bg_nbd(arguments):
    import numpy
    from lifetimes import BetaGeoFitter

    data = histories(BG_NBD, arguments.n, numpy)
    return lambda: BetaGeoFitter().fit(*data), lambda fit: (off(fit.params_, BG_NBD), arguments.n)


@peer("lifetimes_pareto_nbd", "Lifetimes")
def lifetimes_pareto_nbd(arguments):
    import numpy
    from lifetimes import ParetoNBDFitter

    data = histories(PARETO_NBD, arguments.n, numpy)
    return lambda: ParetoNBDFitter().fit(*data), lambda fit: (off(fit.params_, PARETO_NBD), arguments.n)


def report(n, likelihood=True):
    """Parameters and log-likelihood as papers print them: lifetimes keeps the mean negative one."""

    def describe(fit):
        parameters = " ".join(f"{name} {value:.4f}" for name, value in fit.params_.items())
        return parameters + (f", LL {-n * fit._negative_log_likelihood_:.3f}" if likelihood else ""), n

    return describe


def cdnow(arguments, fitter):
    import lifetimes
    import pandas

    rows = pandas.read_csv(f"{arguments.data}/cdnow/cdnow_customers_summary_with_transactions.csv")
    run = lambda: getattr(lifetimes, fitter)().fit(rows["x"], rows["t_x"], rows["T"])
    # Its log-likelihoods are those of rescaled times.
    return run, report(len(rows), likelihood=False)


@peer("lifetimes_bg_nbd_cdnow", "Lifetimes")
def lifetimes_bg_nbd_cdnow(arguments):
    return cdnow(arguments, "BetaGeoFitter")


@peer("lifetimes_mbg_nbd_cdnow", "Lifetimes")
def lifetimes_mbg_nbd_cdnow(arguments):
    return cdnow(arguments, "ModifiedBetaGeoFitter")


@peer("lifetimes_pareto_nbd_cdnow", "Lifetimes")
def lifetimes_pareto_nbd_cdnow(arguments):
    return cdnow(arguments, "ParetoNBDFitter")


@peer("lifetimes_gamma_gamma_cdnow", "Lifetimes")
def lifetimes_gamma_gamma_cdnow(arguments):
    import lifetimes
    import pandas

    rows = pandas.read_csv(f"{arguments.data}/cdnow/cdnow_customers_summary_with_transactions.csv")
    rows = rows[(rows["x"] > 0) & (rows["zbar"] > 0)]
    return lambda: lifetimes.GammaGammaFitter().fit(rows["x"], rows["zbar"]), report(len(rows))


@peer("lifetimes_bg_bb_donations", "Lifetimes")
def lifetimes_bg_bb_donations(arguments):
    import lifetimes
    import pandas

    rows = pandas.read_csv(f"{arguments.data}/cdnow/donations.csv")
    columns = [rows[name] for name in rows.columns]
    return lambda: lifetimes.BetaGeoBetaBinomFitter().fit(*columns), report(int(columns[3].sum()))


@peer("pymc_bg_nbd", "pymc-marketing")
def pymc_bg_nbd(arguments):
    """Maximum a posteriori with the package's own priors."""
    import numpy
    import pandas
    from pymc_marketing.clv import BetaGeoModel

    count, last, age = histories(BG_NBD, arguments.n, numpy)
    columns = {"customer_id": range(arguments.n), "frequency": count, "recency": last, "T": age}
    frame = pandas.DataFrame(columns)

    def run():
        model = BetaGeoModel(data=frame)
        model.fit(method="map")
        return model

    def describe(model):
        posterior = model.fit_result
        return off([float(posterior[p].mean()) for p in ("r", "alpha", "a", "b")], BG_NBD), arguments.n

    return run, describe


@peer("polars_rfm", "polars")
def polars_rfm(arguments):
    """Order log to recency, frequency, monetary value and their five classes."""
    import numpy
    import polars

    chance, n = numpy.random.default_rng(7), arguments.n
    frame = polars.DataFrame({
        "customer": chance.integers(0, max(n // 10, 1), n),
        "day": numpy.arange(n) * 730 // n,
        "amount": chance.integers(1_000, 91_000, n),
    })
    column = polars.col

    def run():
        grouped = frame.lazy().group_by("customer").agg(
            first=column("day").min(), last=column("day").max(),
            days=column("day").n_unique(), spent=column("amount").sum(),
        )
        classes = [column(c).rank("ordinal").sub(1).mul(5).floordiv(polars.len()).alias(f"{c}_class")
                   for c in ("last", "days", "spent")]
        return grouped.with_columns(classes).collect()

    return run, lambda frame: (f"{frame.height} customers", n)


def baskets(arguments):
    """Item names, and the row and column of every line of the basket set the key ends in."""
    if arguments.key.endswith("t10i4d100k"):
        text = gzip.open(f"{arguments.data}/baskets/T10I4D100K.tsv.gz", "rt").read()
        lists = [[i for i in line.split("\t") if i] for line in text.splitlines()]
        support = 0.002
    else:
        invoices = {}
        with gzip.open(f"{arguments.data}/online_retail/online_retail.csv.gz", "rt", errors="replace") as file:
            for row in csv.DictReader(file):
                if row["InvoiceNo"].isdigit() and float(row["Quantity"]) > 0:
                    invoices.setdefault(row["InvoiceNo"], set()).add(row["StockCode"])
        lists, support = list(invoices.values()), 0.005
    names = sorted({item for items in lists for item in items})
    number = {name: i for i, name in enumerate(names)}
    lines = [(row, number[item]) for row, items in enumerate(lists) for item in set(items)]
    return names, len(lists), lines, support


def basket_matrix(arguments):
    import numpy
    import scipy.sparse

    names, count, lines, support = baskets(arguments)
    rows, columns = zip(*lines)
    ones = numpy.ones(len(lines), dtype=numpy.uint8)
    return names, scipy.sparse.csr_matrix((ones, (rows, columns)), shape=(count, len(names))), support


@peer("mlxtend_fp_growth", "mlxtend")
def mlxtend_fp_growth(arguments):
    import pandas
    from mlxtend.frequent_patterns import fpgrowth

    names, matrix, support = basket_matrix(arguments)
    frame = pandas.DataFrame(matrix.toarray().astype(bool), columns=names)
    return lambda: fpgrowth(frame, min_support=support), lambda sets: (f"{len(sets)} sets", len(frame))


@peer("rusket_fp_growth", "rusket")
def rusket_fp_growth(arguments):
    import rusket

    names, matrix, support = basket_matrix(arguments)
    run = lambda: rusket.fpgrowth(matrix, min_support=support, column_names=names)
    return run, lambda sets: (f"{len(sets)} sets", matrix.shape[0])


def pairs(arguments):
    """The shop our bench wrote: what to learn from, and what to find."""
    import numpy
    import scipy.sparse

    table = numpy.loadtxt(arguments.pairs, delimiter=",", dtype=numpy.int64)
    shape = (table[:, 0].max() + 1, table[:, 1].max() + 1)
    part = lambda rows: scipy.sparse.csr_matrix(
        (numpy.ones(len(rows), dtype=numpy.float32), (rows[:, 0], rows[:, 1])), shape=shape)
    return part(table[table[:, 2] == 0]), part(table[table[:, 2] == 1])


def recall_at_20(scores, train, held_out):
    """Recall@20 as in Liang et al. (2018), a block of customers at a time; `scores(block)` is dense."""
    import numpy

    recalls = []
    for start in range(0, train.shape[0], 1_000):
        block = slice(start, min(start + 1_000, train.shape[0]))
        marks = numpy.array(scores(block))
        marks[train[block].nonzero()] = -numpy.inf
        top = numpy.argpartition(-marks, 20, axis=1)[:, :20]
        wanted = held_out[block].toarray() > 0
        hits = numpy.take_along_axis(wanted, top, axis=1).sum(axis=1)
        sizes = wanted.sum(axis=1)
        recalls.extend(hits[sizes > 0] / numpy.minimum(sizes[sizes > 0], 20))
    return float(numpy.mean(recalls))


@peer("implicit_als", "implicit")
def implicit_als(arguments):
    """Confidence 10 on what was taken, as α = 9 on top of 1 in ours."""
    from implicit.als import AlternatingLeastSquares

    train, held_out = pairs(arguments)

    def run():
        model = AlternatingLeastSquares(factors=64, iterations=15, regularization=1.0, alpha=10.0, random_state=1)
        model.fit(train, show_progress=False)
        return model

    def describe(model):
        import numpy

        # Customers' factors are solved again from the items', as ours are when asked.
        users = lambda block: model.recalculate_user(numpy.arange(block.start, block.stop), train[block])
        recall = recall_at_20(lambda b: users(b) @ model.item_factors.T, train, held_out)
        return f"recall@20 {recall:.4f}", train.nnz

    return run, describe


def ease(arguments, inverse):
    import numpy

    train, held_out = pairs(arguments)

    def run():
        gram = numpy.asarray((train.T @ train).todense())
        gram[numpy.diag_indices_from(gram)] += 200.0
        p = inverse(gram)
        weights = p / -numpy.diag(p)
        weights[numpy.diag_indices_from(weights)] = 0
        return weights

    return run, lambda w: (f"recall@20 {recall_at_20(lambda b: train[b] @ w, train, held_out):.4f}", train.nnz)


@peer("numpy_ease", "numpy")
def numpy_ease(arguments):
    """As most write it: the inverse of numpy, in single precision."""
    import numpy

    return ease(arguments, numpy.linalg.inv)


@peer("lapack_ease", "scipy")
def lapack_ease(arguments):
    """As it should be written: Cholesky and its inverse, in single precision."""
    import numpy
    from scipy.linalg import lapack

    def inverse(gram):
        factor, _ = lapack.spotrf(gram, lower=1)
        half, _ = lapack.spotri(factor, lower=1)
        return numpy.tril(half) + numpy.tril(half, -1).T

    return ease(arguments, inverse)


def ecsi(arguments):
    import pandas
    import plspm.config as c
    from plspm.mode import Mode

    frame = pandas.read_csv(f"{arguments.data}/sem/mobi.csv")
    # Its own `scaled` leaves the items' variances apart (.5429 where seminr and semPLS have .512).
    frame = (frame - frame.mean()) / frame.std()
    structure = c.Structure()
    for source, targets in [
        ("Image", ["Expectation", "Satisfaction", "Loyalty"]), ("Expectation", ["Quality", "Value", "Satisfaction"]),
        ("Quality", ["Value", "Satisfaction"]), ("Value", ["Satisfaction"]),
        ("Satisfaction", ["Complaints", "Loyalty"]), ("Complaints", ["Loyalty"]),
    ]:
        structure.add_path([source], targets)
    config = c.Config(structure.path(), scaled=True)
    for name, stem, items in [("Image", "IMAG", 5), ("Expectation", "CUEX", 3), ("Quality", "PERQ", 7),
                              ("Value", "PERV", 2), ("Satisfaction", "CUSA", 3), ("Loyalty", "CUSL", 3)]:
        config.add_lv(name, Mode.A, *[c.MV(f"{stem}{i + 1}") for i in range(items)])
    config.add_lv("Complaints", Mode.A, c.MV("CUSCO"))
    return frame, config


def plspm_run(arguments, **options):
    from plspm.plspm import Plspm
    from plspm.scheme import Scheme

    frame, config = ecsi(arguments)
    path = lambda fit: float(fit.path_coefficients().loc["Satisfaction", "Quality"])
    describe = lambda fit: (f"Quality>Satisfaction {path(fit):.4f}", arguments.n)
    return lambda: Plspm(frame, config, Scheme.PATH, **options), describe


@peer("plspm_mobi_fit", "plspm")
def plspm_mobi_fit(arguments):
    return plspm_run(arguments)


@peer("plspm_mobi_bootstrap", "plspm")
def plspm_mobi_bootstrap(arguments):
    return plspm_run(arguments, bootstrap=True, bootstrap_iterations=arguments.n, processes=os.cpu_count())


def semopy_fit(arguments, name, text):
    import pandas
    import semopy

    frame = pandas.read_csv(f"{arguments.data}/sem/{name}.csv")

    def run():
        model = semopy.Model(text)
        model.fit(frame)
        return model

    def describe(model):
        stats = semopy.calc_stats(model)
        return f"χ²({int(stats['DoF'].iloc[0])}) {stats['chi2'].iloc[0]:.3f}", len(frame)

    return run, describe


@peer("semopy_holzinger", "semopy")
def semopy_holzinger(arguments):
    text = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
    return semopy_fit(arguments, "lavaan_HolzingerSwineford1939", text)


@peer("semopy_democracy", "semopy")
def semopy_democracy(arguments):
    text = """
        ind60 =~ x1 + x2 + x3
        dem60 =~ y1 + y2 + y3 + y4
        dem65 =~ y5 + y6 + y7 + y8
        dem60 ~ ind60
        dem65 ~ ind60 + dem60
        y1 ~~ y5
        y2 ~~ y4
        y2 ~~ y6
        y3 ~~ y7
        y4 ~~ y8
        y6 ~~ y8
    """
    return semopy_fit(arguments, "lavaan_PoliticalDemocracy", text)


def telco(arguments):
    """Months, whether the customer left, and ten covariates as ours."""
    import pandas

    rows = pandas.read_csv(f"{arguments.data}/churn/telco.csv.gz")
    is_ = lambda column, what: (rows[column].astype(str) == what).astype(float)
    return pandas.DataFrame({
        "months": rows["tenure"].astype(float),
        "left": is_("Churn", "Yes"),
        "senior": is_("SeniorCitizen", "1"),
        "partner": is_("Partner", "Yes"),
        "dependents": is_("Dependents", "Yes"),
        "fiber": is_("InternetService", "Fiber optic"),
        "no_internet": is_("InternetService", "No"),
        "one_year": is_("Contract", "One year"),
        "two_year": is_("Contract", "Two year"),
        "paperless": is_("PaperlessBilling", "Yes"),
        "echeck": is_("PaymentMethod", "Electronic check"),
        "monthly": rows["MonthlyCharges"].astype(float),
    })


@peer("lifelines_kaplan_meier", "lifelines")
def lifelines_kaplan_meier(arguments):
    from lifelines import KaplanMeierFitter

    frame = telco(arguments)
    run = lambda: KaplanMeierFitter().fit(frame["months"], frame["left"])
    return run, lambda fit: (f"S(12) {fit.predict(12):.6f}", len(frame))


@peer("lifelines_cox", "lifelines")
def lifelines_cox(arguments):
    from lifelines import CoxPHFitter

    frame = telco(arguments)
    run = lambda: CoxPHFitter().fit(frame, "months", "left")
    describe = lambda fit: f"LL {fit.log_likelihood_:.3f}, concordance {fit.concordance_index_:.5f}"
    return run, lambda fit: (describe(fit), len(frame))


@peer("scipy_bca", "scipy")
def scipy_bca(arguments):
    """The difference of mean spends in Hillstrom's test, men's e-mail against none: BCa of 2,000 draws."""
    import numpy
    import pandas
    from scipy.stats import bootstrap

    rows = pandas.read_csv(f"{arguments.data}/uplift/hillstrom.csv.gz")
    side = lambda segment: rows.loc[rows["segment"] == segment, "spend"].to_numpy(dtype=float)
    data = (side("Mens E-Mail"), side("No E-Mail"))
    difference = lambda a, b, axis: numpy.mean(a, axis=axis) - numpy.mean(b, axis=axis)
    run = lambda: bootstrap(data, difference, n_resamples=2_000, batch=200, method="BCa", rng=7)

    def describe(found):
        low, high = found.confidence_interval
        return f"{difference(*data, axis=0):.4f} ({low:.3f} to {high:.3f})", len(data[0]) + len(data[1])

    return run, describe


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("key")
    parser.add_argument("n", type=int)
    parser.add_argument("--data", required=True)
    parser.add_argument("--pairs")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    # The longest name that fits: baskets come with their set's.
    package, prepare = PEERS[max((key for key in PEERS if arguments.key.startswith(key)), key=len)]
    run, describe = prepare(arguments)
    seconds = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    value, n = describe(result)
    line = {"key": arguments.key, "peer": f"{package} {version(package)}", "n": n, "seconds": min(seconds)}
    print(json.dumps(line | {"value": value, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
