// Why a number is what it is: what the page is told of a unit and a weight, by the articles' numbers and by what must hold.

import assert from "node:assert/strict";
import { test } from "node:test";
import { explanation, openedNumber } from "../../../src/selenite/play/page/worker/explanation.js";
import { LESSONS } from "../../../src/selenite/play/page/worker/lessons.js";
import { makeProblem } from "../../../src/selenite/play/page/worker/problem.js";
import { Session } from "../../../src/selenite/play/page/worker/session.js";
import { settingsOf } from "../../../src/selenite/play/page/worker/settings.js";
import "./support.mjs";

function sessionOf(given) {
  const settings = settingsOf(given);
  return new Session(settings, makeProblem(settings));
}

const asked = { layer: 1, unit: 0, before: null, part: "forward" };

test("the tutorial's numbers have the article's names and equations", () => {
  const session = sessionOf(LESSONS.part2.settings);
  const { tree, latex } = explanation(session, 0, asked);
  assert.equal(tree.article.name, "ao");
  assert.equal(tree.value, session.predicted([0])[0]);
  assert.match(latex, /\\begin\{align\*\}/);
  const update = explanation(session, 0, { ...asked, layer: 0, before: 1, part: "update" });
  assert.equal(update.tree.address, "hidden1.weights[2,1].update");
  const gradient = openedNumber(session, 0, { address: "hidden1.weights[2,1].gradient", batch: true, terms: 12 });
  assert.equal(gradient.formula.article, "dcost_dw2 = Σ dcost_dah1 × dah1_dzh1 × dzh1_dw2");
  assert.equal(gradient.terms.length, 13); // the twelve largest of a hundred rows, and the others
});

test("every part of every unit adds up, while it learns", () => {
  for (const [loss, schedule] of [["log_loss", "cosine"], ["squared_error", "one_cycle"]]) {
    const session = sessionOf({ data: loss === "log_loss" ? "moons" : "plane", loss, schedule, optimizer: "adam", batch_size: 10, hidden: [4, 3], activations: ["gelu", "relu"], epochs: 40, l2: 0.01 });
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const part of ["forward", "backward", "update"]) for (const layer of [0, 1, 2]) {
        const { tree } = explanation(session, 5, { ...asked, layer, before: 0, part });
        assert.ok(tree.check.holds, `${part} of layer ${layer}: ${tree.verdict}`);
      }
      session.train(4);
    }
  }
});

test("the step that is explained is the step that is made", () => {
  const session = sessionOf({ data: "moons", optimizer: "adam", schedule: "cosine", batch_size: 10, hidden: [3], activations: ["tanh"], epochs: 20 });
  session.train(2);
  const { tree } = explanation(session, 0, { layer: 0, unit: 1, before: 0, part: "update" });
  session.stepBatch();
  assert.equal(tree.value, session.parameters[1]);
});

test("what is not there is refused in words", () => {
  const session = sessionOf({});
  assert.throws(() => openedNumber(session, 0, { address: "hidden9.unit1.z", batch: false, terms: 12 }), /there is no number "hidden9.unit1.z"/);
  assert.throws(() => openedNumber(session, 0, { address: "hidden1.unit1.velocity", batch: false, terms: 12 }), /there is no number/);
});
