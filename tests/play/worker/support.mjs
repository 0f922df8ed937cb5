// What the tests of the page's session share: the kernel, what Python says, and how far two numbers are apart.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { use } from "../../../src/selenite/play/page/worker/backend.js";

const here = dirname(fileURLToPath(import.meta.url));

export const kernelBytes = readFileSync(join(here, "../../../src/selenite/play/page/kernel.wasm"));
await use(kernelBytes);

/** What a script beside this file prints, as JSON; at level v2, whose bits the page's kernel has. */
export function python(script, ...options) {
  const shared = ["../../explanation/numbers", "../../kernel"].map((folder) => join(here, folder)).join(delimiter);
  const environment = { ...process.env, SELENITE_LEVEL: "v2", PYTHONPATH: shared };
  const said = execFileSync(process.env.PYTHON ?? "python3", [join(here, script), ...options], { env: environment, maxBuffer: 2 ** 29 });
  return JSON.parse(said, revived);
}

/** Numbers that travel as hexadecimal digits, so that every bit arrives: { hex } are an array's, { number } one's. */
const floats = (hex) => new Float64Array(Uint8Array.from(Buffer.from(hex, "hex")).buffer);
const revived = (_, value) => (typeof value?.hex === "string" ? floats(value.hex) : typeof value?.number === "string" ? floats(value.number)[0] : value);

/** A table's column from JSON, its codes as an array. */
export function arrays({ codes, written, ...column }) {
  if (codes) return { ...column, codes: Int32Array.from(codes) };
  return written ? { ...column, written: { ...written, codes: Int32Array.from(written.codes) } } : column;
}

const number = new Float64Array(1), bits = new BigInt64Array(number.buffer);

function place(value) {
  number[0] = value;
  return bits[0] < 0n ? -(bits[0] & 0x7fffffffffffffffn) : bits[0];
}

/** How many doubles lie between two numbers. */
export function ulps(a, b) {
  const apart = place(a) - place(b);
  return Number(apart < 0n ? -apart : apart);
}

/** The most ulps by which numbers of two lists differ, or Infinity where these are not equally long. */
export const mostUlps = (a, b) => (a.length === b.length ? Array.from(a).reduce((most, value, i) => Math.max(most, ulps(value, b[i])), 0) : Infinity);
