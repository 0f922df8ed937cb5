"""How long an exported model takes to answer one row, beside selenite's kernel, emlearn and onnxruntime.

    pip install emlearn onnx onnxruntime                        # each is left out where it is not there
    python benchmarks/export_speed.py [MODEL ...] [--rounds 100]

Two classes by 8 numbers, one network with hidden layers of 16 and 8 units (`MLPClassifier`): selenite's C and emlearn's
C with the same weights, by the same compiler and flags; selenite's kernel and onnxruntime (the layers and nothing else)
called from Python with one row at a time, what a call costs included; and the kernel by what a further row adds to a
call of a few, which it answers one after another, too. Each MODEL, such as the usual ensemble of a table, is answered
from raw rows by C and by JavaScript in Node, and from encoded rows by the kernel. What each answers is checked first,
to 1e-5. They take turns of 3 ms; the median of the rounds is given and the least, which on a busy machine is nearer to
the truth. Prints a Markdown table each.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

import selenite
from selenite import backend
from selenite.exporting.c import COMPILERS
from selenite.exporting.proof import proof_table
from timing import describe

FLAGS = ("-std=c99", "-D_POSIX_C_SOURCE=199309L", "-O2")
TURN = 0.003  # seconds
C_PROGRAM = """
#include <stdio.h>
#include <time.h>

int main(void)
{
    double outputs[N_OUTPUTS];
    int row, k, pass, passes;
    for (row = 0; row < N_ROWS; row++) {
        ANSWER(rows[row], outputs);
        for (k = 0; k < N_OUTPUTS; k++) printf("%.9g ", outputs[k]);
    }
    puts("");
    fflush(stdout);
    while (scanf("%d", &passes) == 1) {
        struct timespec begun, ended;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        for (pass = 0; pass < passes; pass++)
            for (row = 0; row < N_ROWS; row++) ANSWER(rows[row], outputs);
        clock_gettime(CLOCK_MONOTONIC, &ended);
        printf("%.9g\\n", (double)(ended.tv_sec - begun.tv_sec) + 1e-9 * (double)(ended.tv_nsec - begun.tv_nsec));
        fflush(stdout);
    }
    return 0;
}
"""
JAVASCRIPT_PROGRAM = """
import { createInterface } from "node:readline";
import { PROOF, output } from "./it.mjs";
console.log(PROOF.rows.flatMap(output).join(" "));
for await (const passes of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  for (let pass = 0; pass < Number(passes); pass++) PROOF.rows.forEach(output);
  console.log((performance.now() - begun) / 1000);
}
"""


class Program:
    """A program that prints its answers, then for each number it reads the seconds of so many passes over the rows."""

    def __init__(self, command, folder):
        self._running = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.answers = [float(value) for value in self._running.stdout.readline().split()]

    def seconds(self, passes):
        self._running.stdin.write(f"{passes}\n")
        return float(self._running.stdout.readline())


class Calls:
    """A function that answers one row at a time, or the same row several times in a call."""

    def __init__(self, answer, rows, times=1):
        self._answer, self._rows = answer, [np.tile(row, (times, 1)) for row in rows]
        self.answers = np.concatenate([np.ravel(answer(row)[0]) for row in self._rows]).tolist()

    def seconds(self, passes):
        begun = time.perf_counter()
        for _ in range(passes):
            for row in self._rows:
                self._answer(row)
        return time.perf_counter() - begun


class FurtherRows:
    """A function that answers 7 rows in a call and 2, timed by what a further row adds: without what a call costs.

    Both by their fastest pass, for a difference of what was disturbed says nothing.
    """

    def __init__(self, answer, rows):
        self._seven, self._two = Calls(answer, rows, 7), Calls(answer, rows, 2)
        self.answers = self._seven.answers

    def seconds(self, passes):
        seven, two = (min(one.seconds(1) for _ in range(passes)) for one in (self._seven, self._two))
        return passes * (seven - two) / 5


def compiled(folder, name, head, sources=(), flags=()):
    """Return the program in C that begins with `head`: rows, N_ROWS, N_OUTPUTS and ANSWER."""
    (folder / f"{name}.c").write_text(head + C_PROGRAM)
    compiler = next(filter(None, map(shutil.which, COMPILERS)))
    subprocess.run([compiler, *FLAGS, *flags, f"{name}.c", *sources, "-lm", "-o", name], cwd=folder, check=True)
    return Program([f"./{name}"], folder)


def in_c(model, folder):
    """Return selenite's C, which answers the rows of its proof."""
    selenite.export(model, "c", folder, name="it")
    proof = (folder / "it_proof.c").read_text()
    rows = re.findall(r"#define N_ROWS \d+|static const it_row rows\[N_ROWS\] = \{.*?\n    \};", proof, re.DOTALL)
    head = ["#include <math.h>", '#include "it.h"', "#define N_OUTPUTS IT_N_OUTPUTS", *rows]
    head += ["#define ANSWER(row, outputs) it_outputs(&(row), outputs)"]
    return compiled(folder, "selenite_c", "\n".join(head), ["it.c"])


def in_javascript(model, folder):
    """Return selenite's module in Node."""
    selenite.export(model, "js", folder, name="it")
    (folder / "times.mjs").write_text(JAVASCRIPT_PROGRAM)
    return Program([shutil.which("node"), "times.mjs"], folder)


def by_the_kernel(model, inputs, calls=Calls):
    """Return the kernel, called with encoded rows."""
    verbs = backend.get()
    return calls(lambda rows: verbs.predict(model.network, model.parameters, rows), inputs)


def by_emlearn(estimator, X, folder):
    """Return emlearn's C of a network with the same weights, which scikit-learn holds."""
    import emlearn
    from sklearn.neural_network import MLPClassifier

    with warnings.catch_warnings(action="ignore"):
        theirs = MLPClassifier((16, 8), max_iter=1, random_state=0).fit(X, estimator.predict(X))
    theirs.coefs_, theirs.intercepts_ = estimator.coefs_, estimator.intercepts_
    emlearn.convert(theirs, method="inline", dtype="float").save(file=str(folder / "net.h"), name="net")
    values = ",\n".join("{" + ", ".join(f"{value!r}f" for value in row) + "}" for row in X.tolist())
    head = f"""#include "net.h"
#define N_ROWS {len(X)}
#define N_OUTPUTS 1
static const float rows[N_ROWS][8] = {{{values}}};

static void ANSWER(const float *row, double *outputs)
{{
    float p[2];
    eml_net_predict_proba(&net, row, 8, p, 2);
    outputs[0] = p[1];
}}
"""
    return compiled(folder, "emlearn_c", head, flags=["-I", str(Path(emlearn.__file__).parent)])


def by_onnxruntime(model, inputs):
    """Return onnxruntime with the layers alone, on one thread."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    network, last, nodes, tensors = model.network, "x", [], []
    activations = {"relu": "Relu", "logistic": "Sigmoid"}
    layers = zip(network.weights(model.parameters), network.bias_vectors(model.parameters), strict=True)
    for k, (weights, biases) in enumerate(layers):
        tensors += [numpy_helper.from_array(weights, f"W{k}"), numpy_helper.from_array(biases, f"b{k}")]
        nodes += [helper.make_node("Gemm", [last, f"W{k}", f"b{k}"], [f"z{k}"])]
        nodes += [helper.make_node(activations[network.activations[k]], [f"z{k}"], [f"a{k}"])]
        last = f"a{k}"
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, size])]
        for name, size in (("x", network.n_inputs), (last, 1))
    ]
    graph = helper.make_graph(nodes, "network", *ends, tensors)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(made.SerializeToString(), options, ["CPUExecutionProvider"])
    return Calls(lambda row: session.run(None, {"x": row})[0], inputs)


def small_network(folder, rounds):
    """Time one network 16-8 of 8 numbers as they are."""
    X = np.random.default_rng(0).normal(size=(500, 8)).astype(np.float32)
    estimator = selenite.MLPClassifier(hidden_layer_sizes=(16, 8), max_iter=500, random_state=0)
    model = estimator.fit(X, X[:, 0] + X[:, 1] ** 2 > 1).model_
    model = replace(model, parameters=model.parameters.astype(np.float32))
    inputs = model.encode(proof_table(model))
    contenders = {
        "selenite, C": in_c(model, folder),
        "selenite's kernel, a further row": by_the_kernel(model, inputs, FurtherRows),
        "selenite's kernel, called from Python": by_the_kernel(model, inputs),
    }
    for name, make in (
        ("emlearn, C", lambda: by_emlearn(estimator, inputs, folder)),
        ("onnxruntime, called from Python", lambda: by_onnxruntime(model, inputs)),
    ):
        try:
            contenders[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}")
    timed("One network 16-8 of 8 numbers", contenders, model.output(inputs), rounds)


def ensemble(path, folder, rounds):
    """Time a model that was saved."""
    model = selenite.load(path)
    inputs = model.encode(proof_table(model))
    contenders = {
        "C, from the raw row": in_c(model, folder),
        "JavaScript in Node, from the raw row": in_javascript(model, folder),
        "the kernel, from inputs, called from Python": by_the_kernel(model, inputs),
    }
    timed(f"{path.stem}: {model!r}", contenders, model.output(inputs), rounds)


def timed(title, contenders, wanted, rounds):
    """Check what contenders answer, and print the microseconds that each takes for a row; they take turns."""
    for name, one in contenders.items():
        np.testing.assert_allclose(one.answers, np.ravel(wanted), atol=1e-5, err_msg=name)
    passes = {name: max(round(TURN / one.seconds(5) * 5), 1) for name, one in contenders.items()}
    taken = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, one in contenders.items():
            taken[name].append(one.seconds(passes[name]) / passes[name] / len(wanted) * 1e6)
    print(f"\n{title}\n\n| | µs a row, median | least |\n|---|---|---|")
    for name, times in taken.items():
        print(f"| {name} | {statistics.median(times):.3g} | {min(times):.3g} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    print(describe(("selenite", "emlearn", "onnxruntime")))
    with tempfile.TemporaryDirectory() as scratch, backend.limit_threads(1):
        small_network(Path(scratch), options.rounds)
        for path in options.models:
            ensemble(path, Path(scratch), options.rounds)


if __name__ == "__main__":
    main()
