// Runs the verbs that test_web.py asks for in WebAssembly: node web.mjs KERNEL_JS KERNEL_WASM < questions > answers, as JSON.
// Numbers travel as 16 hexadecimal digits, so that every bit arrives.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , script, wasm] = process.argv;
const { loadKernel } = await import(pathToFileURL(script));
const kernel = await loadKernel(readFileSync(wasm));

const numbers = (hex) => new Float64Array(Uint8Array.from(Buffer.from(hex, "hex")).buffer);
const revive = (_, value) => (value?.hex !== undefined ? numbers(value.hex) : value?.number !== undefined ? numbers(value.number)[0] : value);
const show = (_, value) =>
  value instanceof Float64Array ? { hex: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex") }
    : typeof value === "number" && !Number.isInteger(value) ? { number: Buffer.from(Float64Array.of(value).buffer).toString("hex") } : value;

const answers = JSON.parse(readFileSync(0, "utf8"), revive).map(({ network, verb, args }) => {
  const thing = network ? kernel.network(network) : kernel;
  const result = thing[verb](...args);
  return { result, args };
});
process.stdout.write(JSON.stringify(answers, show));
