// Who does the arithmetic: the one kernel that the session calls, and the networks that were described to it.

import { loadKernel } from "../kernel.js";
import { ServerNetwork } from "./server.js";

let kernel = null;
const described = new Map(); // a description's text -> the kernel's network

/** Take the kernel from the bytes of kernel.wasm, or from a compiled module. */
export async function use(source) {
  kernel = await loadKernel(source);
  described.clear();
}

/** 64 random bits at each of the positions (...words, 0), (...words, 1), ...: the hash of nn/random.py. */
export const bits = (seed, words, count) => kernel.bits(seed, words, count);

/** The rows 0 ... n - 1 in the order in which an epoch takes them. */
export const order = (seed, epoch, n) => kernel.order(seed, epoch, n);

/** A schedule's rate as a share of the base rate, at the share t of all steps. */
export const share = (schedule, t, epoch, rows_seen) => kernel.share(schedule, t, epoch, rows_seen);

/** Return the network with this description, the same one for the same. */
export function networkOf(description) {
  const { layer_sizes, activations, loss, loss_parameter, biases } = description;
  const key = JSON.stringify([layer_sizes, activations, loss, loss_parameter, biases]);
  if (!described.has(key)) described.set(key, kernel.network(description));
  return described.get(key);
}

const lent = new WeakMap(); // a network -> the same with the server's arithmetic

/** The same network, whose arithmetic is the server's. */
export function lentNetwork(network) {
  const { layer_sizes, activations, loss, biases } = network;
  if (!lent.has(network)) lent.set(network, new ServerNetwork({ layer_sizes, activations, loss, biases }));
  return lent.get(network);
}
