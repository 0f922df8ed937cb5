/* The worker of the page: the session behind one line of messages. The page sends { id, verb, body } and gets
   { id, result } or { id, error }; it is told { event, content }, and says { seen } of every frame. The same script is also
   the helper that trains a run of some trials. */

import { use } from "./backend.js";
import { Helpers, help } from "./helpers.js";
import { fromBase64 } from "./link.js";
import { begun, follow } from "./opening.js";
import { connect } from "./server.js";
import { Refusal } from "./text.js";
import { Workbench } from "./workbench.js";

const MOST_UNSEEN = 2; // frames that are on the way; a page that is slow gets fewer
let unseen = 0;
let bench = null; // a promise of the workbench
let ready = null; // of a helper's kernel
let state = ""; // that the page was told last; to draw it is much work

function publish(event, content) {
  if (event === "state") {
    const text = JSON.stringify(content);
    if (text === state) return;
    state = text;
  }
  if (event === "frame") unseen += 1;
  postMessage({ event, content });
}

/** The kernel's bytes, which an exported file carries compressed and as text. */
const bytesOf = (kernel) => (typeof kernel === "string"
  ? new Response(new Blob([fromBase64(kernel)]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer() : kernel);

/** Begin with the kernel; `script`: this one's, where it lies in no file; `token`: the server's, where there is one;
    `link`: what the page opens with, if anything; `plays`: whether training begins by itself, where no file is opened. */
async function begin({ kernel: carried, script, token, link, plays }) {
  const kernel = await WebAssembly.compile(await bytesOf(carried));
  await use(kernel);
  connect(token);
  const place = script ? URL.createObjectURL(script) : self.location.href;
  const helper = () => {
    const worker = new Worker(place, { type: script ? "classic" : "module" });
    worker.postMessage({ helper: kernel });
    return worker;
  };
  const made = new Workbench(publish, () => unseen < MOST_UNSEEN, new Helpers(helper, navigator.hardwareConcurrency - 1));
  try {
    if (!begun(made) && plays) made.player.start();
    if (link) await follow(made, link);
  } catch (error) { // what cannot be learnt from is told; a built-in set stands in its place
    if (!(error instanceof Refusal)) throw error;
    publish("problem", error.message);
  }
  made.tell(!made.playing); // to learn, and to show it, comes first
  return made;
}

onmessage = async ({ data }) => {
  if (data.seen) unseen -= 1;
  else if (data.kernel) bench = begin(data);
  else if (data.helper) ready = use(data.helper);
  else if (data.trial) {
    await ready;
    help(data.trial, postMessage);
  }
  else {
    try {
      postMessage({ id: data.id, ...(await (await bench).ask(data.verb, data.body)) });
    } catch (error) {
      postMessage({ id: data.id, error: `the playground met an error: ${error.message}` });
      throw error;
    }
  }
};
