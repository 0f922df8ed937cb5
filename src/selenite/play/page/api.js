/* The page's one line: a call for each verb, and the events of what changed. It ends in the session in this page's own worker.
   A page that is served has a token, which opens the server's door for its worker. An exported file carries the worker's text,
   the kernel, compressed and in base 64, and what it opens with as elements that are not run. */

import { tell } from "./store.js";
import { unpack } from "./worker/wire.js";

const carried = (name) => document.getElementById(`carried-${name}`)?.textContent ?? null;
const waiting = new Map(); // calls that have no answer yet, by their number
let worker = null;
let calls = 0;
const script = carried("worker") && new Blob([carried("worker")], { type: "text/javascript" });
let token = script ? null : sessionStorage.getItem("token"); // null: no server
let link = carried("link") ?? ""; // what the page opens with: the content of a link, or lesson=KEY

/** Whether there is no server: an exported file. */
export const isAlone = () => token === null;

/** Whether a part of an address is one that the page enters by, or opens. */
export const isOurs = (part) => /^(token|key|lesson)=|^\d+\./.test(part);

/** Enter: the token stands behind the # of the address, which no browser sends; it is taken out before anybody copies it. */
export async function enter() {
  for (const part of location.hash.slice(1).split("&")) {
    const [name, value] = part.split("=");
    if (name === "token" || name === "key") {
      token = name === "token" ? value : await entered(value);
      sessionStorage.setItem("token", token);
    } else if (/^\d+\.|^lesson=/.test(part)) link = part;
  }
  if (/^#(token|key)=/.test(location.hash)) history.replaceState(null, "", location.pathname + (link && `#${link}`));
  if (script) token = null;
  if (!script && token === null) tell("problem", "This address has no token. Open the one that the terminal shows, or start selenite play with this link.");
  else await begin();
}

/** The token, for a key that opens once. */
async function entered(key) {
  const answer = await fetch("/api/enter", { method: "POST", headers: { "x-selenite-token": key, "content-type": "application/octet-stream" } });
  return answer.ok ? unpack(await answer.arrayBuffer()).result : "";
}

/** Whether training may begin by itself: nothing else is asked for, somebody looks, and likes what moves. */
const mayPlay = () => !link && !document.hidden && !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make the worker, and give it the kernel and what it may know. */
async function begin() {
  worker = script ? new Worker(URL.createObjectURL(script)) : new Worker(new URL("worker/worker.js", import.meta.url), { type: "module" });
  worker.onerror = (event) => tell("problem", `The playground met an error: ${event.message || "it cannot begin here"}`);
  worker.onmessage = ({ data: { id, event, content, ...answer } }) => {
    if (event === "frame") requestAnimationFrame(() => worker.postMessage({ seen: true }));
    if (id === undefined) heard(event, content);
    else {
      waiting.get(id)(answer);
      waiting.delete(id);
    }
  };
  const kernel = carried("kernel") ?? await (await fetch(new URL("kernel.wasm", import.meta.url))).arrayBuffer();
  worker.postMessage({ kernel, script, token, link, plays: mayPlay() });
}

/** What goes wrong with an event is the page's own error, not the line's. */
function heard(name, content) {
  try { tell(name, content); } catch (error) { reportError(error); }
}

/** Do a verb: { result }, or nothing where it is refused, and the words are told. */
export async function call(verb, body = {}) {
  const { error, ...answer } = await new Promise((resolve) => {
    waiting.set(++calls, resolve);
    worker.postMessage({ id: calls, verb, body });
  });
  if (error !== undefined) tell("problem", error);
  return answer;
}

/** Ask a question: its answer, or undefined. */
export const ask = async (verb, body = {}) => (await call(verb, body)).result;
