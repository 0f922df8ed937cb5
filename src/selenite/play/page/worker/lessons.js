// The lessons: a setting, what it shows, and a question that is answered by doing.

/** The setting of the articles: all rows, sums, plain gradient descent. */
const ARTICLE = {
  test_fraction: 0, loss: "squared_error", start: "article", optimizer: "sgd", learning_rate: 0.5, sums: true, auto_stop: false, epochs: 200_000,
};
const PERCEPTRON = { hidden: [], activations: [], slip: true };

const lossOf = ({ epoch, first_epoch, curves, shownScale }) => (epoch > first_epoch ? shownScale * curves.loss[epoch - first_epoch - 1] : Infinity);

/** Each lesson: title, text, question, settings, and `answered`, which looks at the run and the last 20 starts and says
    what was found, or nothing while the question is open; `speed` is in epochs a frame. */
export const LESSONS = {
  part1: {
    title: "Part 1: a perceptron",
    text: [
      "Five people; do smoking, obesity and exercise tell who is diabetic? One unit, 20,000 epochs.",
      "The article gets 0.99837029 for the followed row, obese only. It takes the slope of the output instead of the sum, and it learns all the same.",
    ],
    question: "Untick “as printed” under Settings and train again. What does the followed row become?",
    settings: { ...ARTICLE, ...PERCEPTRON, data: "people", learning_rate: 0.05, epochs: 20_000 },
    speed: 100,
    answered: ({ settings, epoch }) => (!settings.slip && epoch >= 20_000 ? "With the right slope it is 0.98762539." : ""),
  },
  "part2-perceptron": {
    title: "Part 2: where a perceptron fails",
    text: [
      "Two moons, one unit. ½ Σ error² ends at 4.18 however long it trains (the article: “4.17 percent”; it is a sum over 100 rows).",
      "One unit has one straight border, and the moons cannot be parted by one.",
    ],
    question: "Add a hidden layer of 4 units and press play. Does the loss fall below 4?",
    settings: { ...ARTICLE, ...PERCEPTRON },
    answered: (session) => (session.settings.hidden.length && lossOf(session) < 4 ? "Yes: the hidden layer bends the border." : ""),
  },
  part2: {
    title: "Part 2: hidden layers, as printed",
    text: [
      "Four hidden units, no biases, 200,000 epochs: ½ Σ error² ends at 1.50, as the article says.",
      "It says 2,000 epochs in the text; there the loss is still 2.39.",
    ],
    question: "Was it skill or luck? Press “20 seeds”. How many get below 2?",
    settings: { ...ARTICLE, biases: false },
    answered: ({ settings }, seeds) => (settings.biases || (seeds?.below_2 ?? null) === null ? ""
      : `${seeds.below_2} of 20 starts get below 2. The article's 1.50 is a lucky start.`),
  },
  "part2-biases": {
    title: "Part 2: with biases",
    text: ["The same network from the same weights, with biases that start at zero, and a hundredth of the epochs."],
    question: "Press “20 seeds”. How many starts succeed now?",
    settings: { ...ARTICLE, epochs: 2000 },
    speed: 10,
    answered: ({ settings }, seeds) => (!settings.biases || (seeds?.below_2 ?? null) === null ? ""
      : `${seeds.below_2} of 20 starts get below 2: biases make luck needless.`),
  },
  part3: {
    title: "Part 3: three classes",
    text: [
      "Three clouds of 700 points, softmax and cross-entropy: 3101.28 at first, 0.53 after 50,000 epochs.",
      "Each output has its own surface; the largest of the three decides.",
    ],
    question: "Take the hidden layer down to one unit and train for 1,000 epochs. What is lost?",
    settings: { ...ARTICLE, data: "clouds", rows: 2000, loss: "log_loss", learning_rate: 0.001, epochs: 50_000 },
    speed: 100,
    answered: ({ settings: { hidden }, epoch }) =>
      (hidden.length === 1 && hidden[0] === 1 && epoch >= 1000 ? "One unit has one border, and three classes need two." : ""),
  },
  rate: {
    title: "A rate that is too high",
    text: ["Adam with a learning rate of 3: the loss jumps instead of falling."],
    question: "Choose a smaller rate, reset, and get the loss below 0.1.",
    settings: { learning_rate: 3, auto_stop: false, epochs: 5000 },
    speed: 1,
    answered: (session) => (session.settings.learning_rate <= 0.1 && session.epoch >= 100 && lossOf(session) < 0.1
      ? "A smaller rate takes smaller steps and arrives." : ""),
  },
};

export const LESSON_SPEED = 500; // epochs a frame, of a lesson that says none
