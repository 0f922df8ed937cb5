// What the tests of the page's session share: the kernel, what Python says, and how far two numbers are apart.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { use } from "../../../src/selenite/play/page/worker/backend.js";
import { connect } from "../../../src/selenite/play/page/worker/server.js";

const here = dirname(fileURLToPath(import.meta.url));
const shared = ["../../explanation/numbers", "../../kernel", ".."].map((folder) => join(here, folder)).join(delimiter);
export const environment = { ...process.env, SELENITE_LEVEL: "v2", PYTHONPATH: shared };
export const interpreter = process.env.PYTHON ?? "python3";

export const kernelBytes = readFileSync(join(here, "../../../src/selenite/play/page/kernel.wasm"));
await use(kernelBytes);

/** What a script beside this file prints, as JSON; at level v2, whose bits the page's kernel has. */
export function python(script, ...options) {
  return JSON.parse(execFileSync(interpreter, [join(here, script), ...options], { env: environment, maxBuffer: 2 ** 29 }), revived);
}

/** Start a server with some files in a folder, and let the session use it; `end` ends it. */
export async function served() {
  const folder = mkdtempSync(join(tmpdir(), "selenite-")), server = spawn(interpreter, [join(here, "serving.py"), folder], { env: environment, stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  for await (const part of server.stdout) if ((said += part).includes("\n")) break;
  const { port, token, models, knowing } = JSON.parse(said);
  globalThis.XMLHttpRequest = WaitingRequest;
  connect(token, `http://127.0.0.1:${port}`);
  const end = () => { server.stdin.end(); rmSync(folder, { recursive: true }); connect(null); asker.terminate(); };
  const file = (name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) });
  return { folder, models, knowing, file, end };
}

/** A request that is waited for, as a worker of a page may make one: another thread makes it. */
class WaitingRequest {
  headers = {};
  open(method, url) { Object.assign(this, { method, url }); }
  setRequestHeader(name, value) { this.headers[name] = value; }
  send(body) {
    const flag = new Int32Array(new SharedArrayBuffer(4)), { port1, port2 } = new MessageChannel();
    asker.postMessage({ ...this, body, flag, port: port2 }, [port2]);
    Atomics.wait(flag, 0, 0);
    ({ status: this.status, response: this.response } = receiveMessageOnPort(port1).message);
    port1.close();
    if (!this.status) throw new Error("nobody answers");
  }
}

/** A connection for each request: one that is kept the server ends after 5 s, and only a browser asks again by itself. */
const { fetch } = globalThis;
globalThis.fetch = (url, { headers, ...options } = {}) => fetch(url, { ...options, headers: { ...headers, connection: "close" } });

const asker = new Worker(`require("node:worker_threads").parentPort.on("message", async ({ method, url, headers, body, flag, port }) => {
  try {
    const answer = await fetch(url, { method, headers: { ...headers, connection: "close" }, body });
    port.postMessage({ status: answer.status, response: await answer.arrayBuffer() });
  } catch { port.postMessage({ status: 0 }); }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});`, { eval: true });
asker.unref();

/** Numbers that travel as hexadecimal digits, so that every bit arrives: { hex } are an array's, { number } one's. */
const floats = (hex) => new Float64Array(Uint8Array.from(Buffer.from(hex, "hex")).buffer);
const revived = (_, value) => (typeof value?.hex === "string" ? floats(value.hex) : typeof value?.number === "string" ? floats(value.number)[0] : value);

/** What a session in Python, the first there was, told of some stories at level v2; its points, and its links. */
export const recorded = JSON.parse(gunzipSync(readFileSync(join(here, "recorded.json.gz"))), revived);

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
