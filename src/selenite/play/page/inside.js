/* The line to the session in this page's own worker: where the page was opened without a server. An exported file carries the
   worker's text, the kernel's bytes and perhaps a link in `globalThis.playground`; else they are beside the page. */

const carried = globalThis.playground ?? null;

/** Whether the session is here: the page is a file, or is asked to do without its server. */
export const isHere = carried !== null || location.protocol === "file:" || location.hash === "#offline";

/** The content of the link that an exported file opens with. */
export const link = carried?.link ?? "";

const waiting = new Map(); // calls that have no answer yet, by their number
let worker = null;
let calls = 0;

/** Begin: make the worker and give it the kernel; `heard` is told every event. */
export async function begin(heard) {
  worker = carried
    ? new Worker(URL.createObjectURL(new Blob([carried.worker], { type: "text/javascript" })))
    : new Worker(new URL("worker/worker.js", import.meta.url), { type: "module" });
  worker.onerror = (event) => heard("problem", `The playground met an error: ${event.message || "it cannot begin here"}`);
  worker.onmessage = ({ data: { id, event, content, ...answer } }) => {
    if (id === undefined) heard(event, content);
    else {
      waiting.get(id)(answer);
      waiting.delete(id);
    }
    if (event === "frame") worker.postMessage({ seen: true });
  };
  const kernel = carried ? carried.kernel : await (await fetch(new URL("kernel.wasm", import.meta.url))).arrayBuffer();
  worker.postMessage({ kernel, script: carried ? carried.worker : null });
}

/** Do a verb or ask a question: { result }, or { error } in words. */
export const send = (verb, body) => new Promise((resolve) => {
  waiting.set(++calls, resolve);
  worker.postMessage({ id: calls, verb, body });
});
