/* The course: its lessons in their order, as in docs/lessons. A lesson is a setting, what it shows, and a task with a pass mark;
   those of a link's own have the same form. */

import { limits as limit } from "./limits.js";
import { isMet, passMark } from "./mark.js";

/** The setting of the articles: all rows, sums, plain gradient descent. */
const ARTICLE = {
  test_fraction: 0, loss: "squared_error", start: "article", optimizer: "sgd", learning_rate: 0.5, sums: true, auto_stop: false, epochs: 200_000,
};
const PERCEPTRON = { hidden: [], activations: [] };

/** The start of the lessons in docs: `default_rng(0).random` for a 2-4-1 network, biases zero. */
const DOCS_START = [
  0.6369616873214543, 0.2697867137638703, 0.04097352393619469, 0.016527635528529094, 0.8132702392002724, 0.9127555772777217, 0.6066357757671799,
  0.7294965609839984, 0, 0, 0, 0, 0.5436249914654229, 0.9350724237877682, 0.8158535541215322, 0.002738500170148095, 0,
];

/** Each lesson by its key, which links carry: `docs`, its page in docs/lessons; `at`, the control that its task begins with;
    `weights` and `points`, where the setting alone does not give them; `speed`, in epochs a frame. */
export const LESSONS = {
  part1: {
    title: "The perceptron", docs: "1-perceptron",
    text: [
      "Five people: do smoking, obesity and exercise tell who is diabetic? One unit, 20,000 epochs.",
      "The article gets 0.99837029 for the followed row, obese only: it takes the slope of the output, not of the sum, and learns all the same.",
    ],
    task: "Untick “as printed” under Settings and train again. What does the followed row become?",
    at: "check-as-printed", mark: { settings: { slip: false }, epochs_from: 20_000 }, answer: "With the right slope it is 0.98762539.",
    settings: { ...ARTICLE, ...PERCEPTRON, slip: true, data: "people", learning_rate: 0.05, epochs: 20_000 }, speed: 100,
  },
  "part2-perceptron": {
    title: "Why it fails", docs: "2-why-it-fails",
    text: [
      "Two moons, one unit. ½ Σ error² ends at 4.18 however long it trains (the article: “4.17 percent”; it is a sum over 100 rows).",
      "One unit has one straight border, and the moons cannot be parted by one.",
    ],
    task: "Add a hidden layer of 4 units and press Play. Does the loss fall below 4?",
    at: "add-layer", mark: { loss_below: 4 }, answer: "Yes: the hidden layer bends the border.",
    settings: { ...ARTICLE, ...PERCEPTRON, slip: true },
  },
  hidden: {
    title: "A hidden layer", docs: "3-hidden-layer",
    text: ["Four units side by side, each with a line of its own, and a fifth that looks at their answers. After 2,000 epochs the loss is 0.01 and all rows are right."],
    task: "How few hidden units are enough? Take one away with − and press Play; then another.",
    at: "units-1-less", mark: { settings: { hidden: [3] }, right_above: 0.99 }, answer: "Three lines are enough. With two, ten rows stay wrong.",
    settings: { ...ARTICLE, start: "uniform", epochs: 2000 }, weights: DOCS_START, speed: 10,
  },
  forward: {
    title: "Forward", docs: "4-forward",
    text: ["From a row to a prediction: the followed row is (1, 0.5), and the output says 0.6845. Click a unit: its sum, and the curve that makes an answer of it."],
    task: "Before any epoch (↺): click the output, and change one of its weights until it says more than 0.9. Which one moves it most?",
    at: "unit-2-0", mark: { answer_above: 0.9, epochs_to: 0 }, answer: "The weight whose hidden unit says most moves it most: here h1, with 0.7503.",
    settings: { ...ARTICLE, data: "drawn", start: "uniform", sums: false, epochs: 1000 },
    points: [[1, 0.5, 1], [0.9, 0.2, 1], [1.6, 0.4, 1], [1.3, -0.3, 1], [-0.5, 0.6, 0], [0.1, 0.9, 0], [-0.8, 0.1, 0], [0.2, -0.4, 0]],
    weights: [0.5, -1, 0.2, 0.8, 1, 0.4, -0.6, -0.2, 0.1, 0, -0.1, 0.3, 1, -0.5, 0.8, 0.3, -0.4], speed: 1,
  },
  loss: {
    title: "The loss", docs: "5-loss",
    text: [
      "A perceptron that begins far from the valley, with squared error as its loss: after 500 epochs it has 61 of 100 rows right.",
      "Where an answer is quite wrong the squared error is flat, and there is no way down.",
    ],
    task: "Choose cross-entropy as “Loss” under Settings and press Play. Are more than 85 % right now?",
    at: "set-loss", mark: { settings: { loss: "log_loss" }, right_above: 0.85 }, answer: "Cross-entropy is steep where an answer is quite wrong.",
    settings: { ...ARTICLE, ...PERCEPTRON, start: "uniform", sums: false, epochs: 500 }, weights: [1, 8, 0.2], speed: 5,
  },
  backward: {
    title: "Backpropagation", docs: "6-backpropagation",
    text: ["The gradient says of each weight how the loss rises with it. At the start the loss is 17.44; “Backward” shows each unit's delta, a click on a weight its gradient, link by link."],
    task: "Before any epoch (↺): find a weight of the output with a large gradient; click the output, and change this weight alone until the loss is below 13.",
    at: "show-backward", mark: { loss_below: 13, epochs_to: 0 }, answer: "One step downhill along one weight. Training takes it along all of them at once.",
    settings: { ...ARTICLE, start: "uniform", epochs: 2000 }, weights: DOCS_START, speed: 10,
  },
  rate: {
    title: "The learning rate", docs: "7-learning-rate",
    text: ["Adam with a learning rate of 3: the loss jumps instead of falling, and stays above 0.26."],
    task: "Choose a smaller learning rate, reset (↺), and get the loss below 0.1.",
    at: "set-learning_rate", mark: { loss_below: 0.1 }, answer: "A smaller rate takes smaller steps and arrives.",
    settings: { learning_rate: 3, auto_stop: false, epochs: 5000 }, speed: 1,
  },
  part2: {
    title: "Biases matter", docs: "8-biases",
    text: [
      "The article's network: four hidden units without biases. After 200,000 epochs ½ Σ error² is 1.50, as it says. Its text says 2,000 epochs; there the loss is still 2.39.",
    ],
    task: "Skill or luck? Press “20 seeds”: about 5 get below 2. Then tick “biases” under Settings, and press “20 seeds” again.",
    at: "twenty", mark: { settings: { biases: true }, seeds: true }, answer: "{below_2} of 20 starts get below 2: biases make luck needless.",
    settings: { ...ARTICLE, biases: false },
  },
  part3: {
    title: "Many classes", docs: "9-many-classes",
    text: [
      "Cat, mouse or dog: three clouds of 700 points, softmax and cross-entropy: 3,101.28 at first, 0.5302 after 50,000 epochs.",
      "Each output has its own surface; the largest of the three decides.",
    ],
    task: "Take the hidden layer down to one unit with − and train for 1,000 epochs. What is lost?",
    at: "units-1-less", mark: { settings: { hidden: [1] }, epochs_from: 1000 }, answer: "One unit has one border, and three classes need two.",
    settings: { ...ARTICLE, data: "clouds", rows: 2000, loss: "log_loss", learning_rate: 0.001, epochs: 50_000 }, speed: 100,
  },
  table: {
    title: "Your own table", docs: "10-your-own-table",
    text: [
      "How well does it do on rows it has never seen? Here 16 of 40 are test rows. After 1,500 epochs 8 units have all training rows right, and 69 % of the test rows: they learnt by heart.",
      "“Open a file …” asks the same of your table.",
    ],
    task: "Large weights bend sharply. Set “L2 penalty” to 0.03, reset (↺) and press Play: are more than 80 % of the test rows right after 1,500 epochs?",
    at: "set-l2", mark: { test_right_above: 0.8, epochs_from: 1500 }, answer: "Small weights cannot learn by heart. (Of 16 rows such a share may be off by 15 % either way.)",
    settings: { rows: 40, noise: 0.3, seed: 4, test_fraction: 0.4, hidden: [8], activations: ["tanh"], auto_stop: false, epochs: 1500 }, speed: 10,
  },
};

export const LESSON_SPEED = 500; // epochs a frame, of a lesson that says none
export const OWN = "own"; // the key of a link's lesson

const WRITTEN = {
  title: limit.text(80),
  text: limit.list(limit.text(400), 3),
  task: limit.text(400),
  at: limit.optional(limit.matching(/^[\w-]{0,40}$/, "a control's name"), ""),
  mark: passMark,
  answer: limit.optional(limit.text(400), "That is it."),
};

/** A lesson as a link's maker wrote it; setting, weights and points are the link's. */
export const ownLesson = limit.record(WRITTEN);
export const written = (lesson) => Object.fromEntries(Object.keys(WRITTEN).map((name) => [name, lesson[name]]));

/** The lesson that is on the bench, or nothing. */
export const lessonOf = ({ lesson, own }) => (lesson === OWN ? own : Object.hasOwn(LESSONS, lesson) ? LESSONS[lesson] : null);

/** What the task is answered by; nothing while its pass mark is not met. */
export function answerOf(bench) {
  const lesson = lessonOf(bench);
  return lesson && isMet(lesson.mark, bench) ? lesson.answer.replace("{below_2}", bench.seeds?.below_2) : "";
}
