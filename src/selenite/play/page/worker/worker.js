/* The worker of the page: the session behind one line of messages. The page sends { id, verb, body } and gets
   { id, result } or { id, error }; it is told { event, content }, and says { seen } of every frame. */

import { use } from "./backend.js";
import { Workbench } from "./workbench.js";

const MOST_UNSEEN = 2; // frames that are on the way; a page that is slow gets fewer
let unseen = 0;
let bench = null; // a promise of the workbench
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

async function begun(source) {
  await use(source);
  const made = new Workbench(publish, () => unseen < MOST_UNSEEN);
  made.tell();
  return made;
}

onmessage = async ({ data }) => {
  if (data.seen) unseen -= 1;
  else if (data.kernel) bench = begun(data.kernel);
  else {
    try {
      postMessage({ id: data.id, ...(await (await bench).ask(data.verb, data.body)) });
    } catch (error) {
      postMessage({ id: data.id, error: `the playground met an error: ${error.message}` });
      throw error;
    }
  }
};
