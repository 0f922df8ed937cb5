// A network without hidden layers, trained on a run's rows: what the hidden ones are compared with.

import { networkOf } from "./backend.js";
import { initialize } from "./parameters.js";
import { optimizerFor, startState } from "./optimizer.js";
import { USUAL } from "./settings.js";

const EPOCHS = 400;

/** A network of one layer with the run's output activation and this loss, and its parameters. */
export function trainedLinear({ network: { activations, loss: own }, problem, X, Y, n_rows }, loss = own) {
  const layer_sizes = [problem.n_inputs, problem.n_outputs];
  const network = networkOf({ layer_sizes, activations: activations.slice(-1), loss, biases: true });
  const parameters = initialize(network), optimizer = optimizerFor({ ...USUAL, learning_rate: 0.05 }, n_rows);
  network.train(parameters, optimizer, startState(optimizer, parameters), { X, Y }, { n_epochs: EPOCHS });
  return { network, parameters };
}
