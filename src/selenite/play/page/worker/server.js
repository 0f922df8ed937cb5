/* The server, where the page has one: it opens files, and lends the arithmetic of its kernel. A question is answered before
   anything goes on, as by the kernel here: a worker may wait. */

import { Refusal } from "./text.js";
import { pack, unpack } from "./wire.js";

const GONE = "The playground has ended; start it again in the terminal.";
let token = null;
let address = ""; // where it is

/** Take the token that opens the server's door; `at`: where that is, unless it is where the page comes from. */
export function connect(given, at = "") {
  [token, address] = [given, at];
}

/** Whether there is a server. */
export const isThere = () => token !== null;

const headers = () => ({ "x-selenite-token": token, "content-type": "application/octet-stream" });

/** What the server answers to a message; a refusal is thrown, in its words. */
export function ask(verb, message = {}) {
  const request = new XMLHttpRequest();
  request.open("POST", `${address}/api/${verb}`, false);
  request.responseType = "arraybuffer";
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  try {
    request.send(pack(message));
  } catch {
    throw new Refusal(GONE);
  }
  return answer(request.status, request.response);
}

/** What the server says of a file, while others go on; rows are for the model that is shown. */
export async function upload(name, bytes, model = null) {
  const named = { ...headers(), "x-selenite-name": encodeURIComponent(name), ...(model !== null && { "x-selenite-model": model }) };
  const response = await fetch(`${address}/api/file`, { method: "POST", headers: named, body: bytes }).catch(() => { throw new Refusal(GONE); });
  return answer(response.status, await response.arrayBuffer());
}

function answer(status, content) {
  const found = status === 200 ? unpack(content) : JSON.parse(new TextDecoder().decode(content));
  if ("error" in found) throw new Refusal(found.error);
  return found.result;
}

/** A network whose arithmetic is the server's: those verbs of kernel.js's Network that it is asked for. */
export class ServerNetwork {
  /** `widths`: how many numbers each layer hands on, the first those of an embedding, which has so many parameters. */
  constructor(description, { widths = description.layer_sizes, n_embedding = 0 } = {}) {
    const { layer_sizes, ...rest } = description;
    Object.assign(this, rest, { description, layer_sizes: widths, n_embedding, n_inputs: layer_sizes[0], n_outputs: layer_sizes.at(-1) });
  }

  predict(parameters, X) {
    return Float64Array.from(this.ask("predict", { parameters, X }));
  }

  /** Every z, a and delta; `features` is what an embedding makes of the inputs, or null. */
  trace(parameters, X, Y) {
    return this.ask("trace", { parameters, X, Y });
  }

  train(parameters, optimizer, state, { X, Y }, { n_epochs, total_epochs = n_epochs, batch_size = 0, seed = 0, l1 = 0, l2 = 0, dropout = 0, early_stopping = null }) {
    const watched = early_stopping ? { watched_X: early_stopping.X, watched_Y: early_stopping.Y } : {};
    const { first, second, steps, epochs, rate_factor } = state;
    const found = this.ask("train", {
      parameters, optimizer, state: { first, second, steps, epochs, rate_factor }, X, Y, n_epochs, total_epochs, batch_size, seed, l1, l2, dropout, ...watched,
    });
    parameters.set(found.parameters);
    state.first.set(found.state.first);
    state.second.set(found.state.second);
    ({ steps: state.steps, epochs: state.epochs, rate_factor: state.rate_factor } = found.state);
    const { loss, validation_loss, gradient_norm, rate, ended } = found;
    return { loss, validation_loss, gradient_norm, rate, ended };
  }

  ask(verb, message) {
    return ask(verb, { network: this.description, ...message });
  }
}
