// Who does the arithmetic: the one kernel that the session calls, and the networks that were described to it.

import { loadKernel } from "../kernel.js";

export const backend = { kernel: null };
const described = new Map(); // a description's text -> the kernel's network

/** Take the kernel from the bytes of kernel.wasm, or from a compiled module. */
export async function use(source) {
  backend.kernel = await loadKernel(source);
  described.clear();
}

/** Return the network with this description: layer_sizes, activations, loss, biases; the same for the same one. */
export function networkOf(description) {
  const key = JSON.stringify(description);
  if (!described.has(key)) described.set(key, Object.assign(backend.kernel.network(description), { biases: true, ...description }));
  return described.get(key);
}
