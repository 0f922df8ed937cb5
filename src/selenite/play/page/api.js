// The page's one line: a call for each verb, and the events of what changed. It ends at the server, behind its token, or inside this page.

import * as inside from "./inside.js";
import { tell } from "./store.js";

let token = sessionStorage.getItem("token");
let link = ""; // its content, where the page was opened with one
export const opensWith = () => link;

// The token stands behind the # of the address, which no browser sends; it is taken out before anybody copies it.
export async function enter() {
  const fragment = location.hash.slice(1) || inside.link;
  const [name, value] = fragment.split("=");
  if (name === "token" || name === "key") {
    token = value;
    history.replaceState(null, "", location.pathname);
    if (name === "key") token = (await answer(await post("enter", {}))).token;
    sessionStorage.setItem("token", token);
  } else if (/^\d+\./.test(fragment)) link = fragment;
  return inside.isHere || Boolean(token);
}

const headers = (kind) => ({ "x-selenite-token": token, "content-type": kind });
const post = (verb, body) =>
  inside.isHere ? inside.send(verb, body) : fetch("/api/" + verb, { method: "POST", headers: headers("application/json"), body: JSON.stringify(body) });

// What is refused is told in words, whether by the workbench or by the door.
async function answer(response) {
  const content = response instanceof Response ? await response.json() : response;
  if ("error" in content) throw new Error(content.error);
  return content;
}

async function told(promise) {
  try {
    const result = (await answer(await promise)).result;
    return { result };
  } catch (error) {
    tell("problem", error.message === "Failed to fetch" ? "The playground has ended; start it again in the terminal." : error.message);
    return {};
  }
}

export const call = (verb, body = {}) => told(post(verb, body));
export const ask = async (verb, body = {}) => (await told(post(verb, body))).result;

export function upload(file) {
  if (inside.isHere) return told(file.arrayBuffer().then((bytes) => inside.send("file", { name: file.name, bytes })));
  const name = { "x-selenite-name": encodeURIComponent(file.name) };
  return told(fetch("/api/file", { method: "POST", headers: { ...headers("application/octet-stream"), ...name }, body: file }));
}

export async function download(what) {
  if (inside.isHere) {
    const found = await ask("take", { what });
    return found === undefined ? null : new Blob([found]);
  }
  const response = await fetch("/api/export/" + what, { headers: headers("application/json") });
  if (response.headers.has("content-disposition")) return response.blob(); // else it says why not
  tell("problem", (await response.json()).error);
  return null;
}

// What goes wrong with an event is the page's own error, not the line's.
function heard(name, content) {
  try { tell(name, content); } catch (error) { reportError(error); }
}

// Events by fetch rather than EventSource, which cannot carry the token.
export async function listen() {
  if (inside.isHere) return inside.begin(heard);
  for (let pause = 500; ; pause = Math.min(2 * pause, 8000)) {
    try {
      const response = await fetch("/api/stream", { headers: headers("application/json") });
      if (response.status === 403) return tell("problem", "This address has no valid token. Open the one that the terminal shows.");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        pause = 500;
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          const [, name, content] = event.match(/^event: (\w+)\ndata: (.*)$/s) || [];
          if (name) heard(name, JSON.parse(content));
        }
      }
    } catch { /* the server went away; try again below */ }
    tell("problem", "The playground does not answer. Is it still running in the terminal?");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
