/* The perceptron of parts 1 and 2 as it is printed there, slip included: the article takes the logistic function's derivative
   σ'(z) = σ(z) (1 - σ(z)) of the output a = σ(z) instead of the sum z. The sign is right, so it learns all the same. */

import { exp } from "./elementary.js";

const logistic = (z) => 1 / (1 + exp(-z));

/** Train for some epochs: write into the parameters, the bias last; return ½ Σ error² before each epoch's step. */
export function trainAsPrinted(parameters, X, y, rate, epochs) {
  const n_inputs = parameters.length - 1, losses = new Float64Array(epochs), gradient = new Float64Array(n_inputs + 1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < y.length; row++) {
      let z = 0;
      for (let i = 0; i < n_inputs; i++) z += X[row * n_inputs + i] * parameters[i];
      const a = logistic(z + parameters[n_inputs]), error = a - y[row], twice = logistic(a); // the slip: σ taken once more
      const delta = error * twice * (1 - twice);
      for (let i = 0; i < n_inputs; i++) gradient[i] += X[row * n_inputs + i] * delta;
      gradient[n_inputs] += delta;
      loss += error * error;
    }
    losses[epoch] = 0.5 * loss;
    const before = parameters.slice();
    gradient.forEach((slope, i) => { parameters[i] -= rate * slope; });
    if (before.every((value, i) => value === parameters[i])) return losses.fill(losses[epoch], epoch); // all after it are the same
  }
  return losses;
}
