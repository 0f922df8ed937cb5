// A run as a flat script: it needs NumPy alone, prints the run's own losses, and check-gradient finds it right, line by line.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { HIDDEN_ACTIVATIONS } from "../../../src/selenite/play/page/functions.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { Session } from "../../../src/selenite/play/page/worker/session.js";
import { take } from "../../../src/selenite/play/page/worker/take.js";
import "./support.mjs";

const PLAIN = { optimizer: "sgd", rows: 40, epochs: 200, auto_stop: false, learning_rate: 0.5 };
const RUN = `import contextlib, io, json, sys
sys.modules["selenite"] = None  # it needs NumPy alone
def printed(path):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        exec(open(path).read(), {})
    return [line.split() for line in text.getvalue().splitlines() if "rows" not in line]
print(json.dumps([[[int(epoch), float(cost)] for epoch, cost in printed(path)] for path in sys.argv[1:]]))`;
const CHECK = `import sys, json
from selenite.gradient_check.script.check import check_script
found = [check_script(path, "it") for path in sys.argv[1:]]
print(json.dumps([[one.ok, [row.text for row in one.lines if not row.agrees], str(one)] for one in found]))`;
const python = (code, paths) => JSON.parse(execFileSync(process.env.PYTHON ?? "python3", ["-c", code, ...paths], { encoding: "utf8" }));

function scriptOf(given) {
  const settings = settingsOf(given), session = new Session(settings, makeProblem(settings));
  return { session, text: take({ session }, "article") };
}

function inFolder(texts, use) {
  const folder = mkdtempSync(join(tmpdir(), "article-"));
  try {
    return use(texts.map((text, i) => {
      const path = join(folder, `script${i}.py`);
      writeFileSync(path, text);
      return path;
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CASES = {
  "part 2": { ...LESSONS.part2.settings, epochs: 300 },
  "part 3": { ...LESSONS.part3.settings, epochs: 40 },
  "a perceptron": { ...PLAIN, hidden: [], activations: [] },
  "a number": { ...PLAIN, data: "plane", loss: "squared_error", activations: ["relu"], learning_rate: 0.05 },
  "two hidden layers, no biases": { ...PLAIN, hidden: [3, 5], activations: ["tanh", "logistic"], biases: false, loss: "squared_error" },
  ...Object.fromEntries(HIDDEN_ACTIVATIONS.map((name) => [name, { ...PLAIN, hidden: [3], activations: [name], learning_rate: 0.1 }])),
};

test("it prints the losses of the run, and check-gradient finds it right", () => {
  const made = Object.values(CASES).map(scriptOf);
  inFolder(made.map(({ text }) => text), (paths) => {
    const printed = python(RUN, paths);
    for (const [i, name] of Object.keys(CASES).entries()) {
      const { session } = made[i];
      session.train(session.settings.epochs);
      assert.ok(printed[i].length >= 20, name);
      for (const [epoch, cost] of printed[i]) {
        const ours = session.curves.loss[epoch] * session.shownScale;
        assert.ok(Math.abs(cost - ours) <= 1e-9 * Math.abs(ours), `${name}, epoch ${epoch}: ${cost}, not ${ours}`);
      }
    }
    python(CHECK, paths).forEach(([ok, wrong, all], i) => assert.ok(ok && !wrong.length, `${Object.keys(CASES)[i]}: ${all}`));
  });
});

test("the slip of the article's perceptron is written as printed, and found", () => {
  const { text } = scriptOf({ ...LESSONS["part2-perceptron"].settings, epochs: 20 });
  assert.match(text, /dao_dzo = sigmoid_der\(ao\) {2}# as the article prints it/);
  inFolder([text], ([path]) => assert.deepEqual(python(CHECK, [path])[0].slice(0, 1), [false]));
});

test("its names are the article's", () => {
  const { text } = scriptOf(LESSONS.part2.settings);
  for (const line of ["zh = np.dot(feature_set, wh)", "ah = sigmoid(zh)", "dcost_dao = ao - labels", "dah_dzh = sigmoid_der(zh)", "wh -= lr * dcost_wh"]) {
    assert.ok(text.includes(`    ${line}\n`), line);
  }
  assert.ok(!text.includes("bh") && !text.includes("/ n"));
});

test("it begins where the run began, has the epochs made so far, and refuses a run that was changed on its way", () => {
  const { session, text } = scriptOf({ ...PLAIN, epochs: 100 });
  assert.match(text, /range\(100\)/);
  session.train(30);
  assert.equal(take({ session }, "article"), text.replace("range(100)", "range(30)").replace("% 5 == 0 or epoch == 99", "% 2 == 0 or epoch == 29"));
  session.parameters[0] += 1;
  session.remember(true);
  assert.throws(() => take({ session }, "article"), /changed at epoch 30/);
});

test("what a flat script does not say is refused with what would work", () => {
  const refusals = {
    "gradient descent, not Adam.": { optimizer: "adam" }, "no momentum": { momentum: 0.9 }, "rate stays": { schedule: "cosine" }, "no penalty": { l2: 0.1 },
    "no dropout": { dropout: 0.5 }, "a batch of 10": { batch_size: 10 }, "squared error or the cross-entropy": { data: "plane", loss: "huber" },
  };
  for (const [words, settings] of Object.entries(refusals)) {
    assert.throws(() => scriptOf({ ...PLAIN, ...settings }), (error) => error.message.includes(words), words);
  }
  assert.throws(() => scriptOf({ ...PLAIN, optimizer: "adam", dropout: 0.5 }), /plainer than this run: its optimizer.*; it has no dropout. Change that and begin again/);
});
