"""Sampled Shapley values beside shap's KernelExplainer: how far off both are, and the time a row takes.

    python benchmarks/attribution.py [--rows 4] [--rounds 3]

A table of 20 columns, 3,000 rows and two classes (scikit-learn's make_classification); the usual ensemble; 100 rows to
compare with. Both call the same model. The truth is the mean of 80 runs with other seeds, each unbiased; how far the
exact values of 8 columns are from shap's is checked first. Prints a Markdown table.
"""

import argparse
import statistics
import time
import warnings

import numpy as np
from sklearn.datasets import make_classification

import selenite
from timing import describe

with warnings.catch_warnings(action="ignore"):
    import shap


def main():
    """Check, time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    check_exact_values()
    X, y = make_classification(3000, 20, n_informative=12, random_state=0)
    model = selenite.SeleniteClassifier(random_state=0).fit(X, y).model_
    background, rows = X[:100], X[200 : 200 + arguments.rows]
    truth = np.mean([selenite.explain(model, rows, background=background, seed=k).values for k in range(1, 81)], axis=0)
    explainer = shap.KernelExplainer(lambda Z: model.predict_proba(Z)[:, 1], background)

    def ours():
        return selenite.explain(model, rows, background=background).values

    def gradients():
        return selenite.explain(model, rows, background="medians", method="gradients").values

    def theirs():
        return explainer.shap_values(rows, silent=True)

    def theirs_of_all_columns():
        return explainer.shap_values(rows, silent=True, l1_reg="num_features(20)")

    times = {function: [] for function in (ours, theirs, theirs_of_all_columns, gradients)}
    for _ in range(arguments.rounds):
        for function, taken in times.items():
            begun = time.perf_counter()
            function()
            taken.append((time.perf_counter() - begun) / len(rows) * 1000)
    median = {function: statistics.median(taken) for function, taken in times.items()}
    off = {function: np.sqrt(np.mean((function() - truth) ** 2)) for function in (ours, theirs, theirs_of_all_columns)}
    print(f"{describe(('selenite', 'shap'))}\n")
    print("| values | ms a row | off by (root mean square) |\n|---|---|---|")
    for function, what in (
        (ours, "selenite, sampled Shapley"),
        (theirs, "shap.KernelExplainer, as it comes: 10 of the columns"),
        (theirs_of_all_columns, "shap.KernelExplainer, all 20 columns"),
        (gradients, "selenite, integrated gradients from the medians"),
    ):
        ratio = median[function] / median[ours]
        times_as_long = f" ({ratio:.0f} times)" if ratio > 10 else ""
        accuracy = f"{off[function]:.4f}" if function in off else ""
        print(f"| {what} | {median[function]:.1f}{times_as_long} | {accuracy} |")


def check_exact_values():
    """Refuse to time what is not right: exact values of 8 columns against shap's, to 1e-6."""
    X, y = make_classification(300, 8, random_state=1)
    model = selenite.SeleniteClassifier(random_state=0, max_iter=10).fit(X, y).model_
    ours = selenite.explain(model, X[:4], background=X[:50], method="exact").values
    masker = shap.maskers.Independent(X[:50], max_samples=50)
    theirs = shap.explainers.Exact(lambda Z: model.predict_proba(Z)[:, 1].astype(float), masker)(X[:4]).values
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


if __name__ == "__main__":
    main()
