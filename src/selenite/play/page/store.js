// What the page knows, and who wants to be told; what it remembers. A refresh of the screen shows one frame.

const MOST_WAITING = 3;
const listeners = {};
export const store = { state: null, frame: null, detail: null, selected: null, pointed: null, peek: null, matrixLayer: undefined, discrete: false, borders: true, showTest: true };
const waiting = new Set();
const frames = []; // that have come and are not shown yet: they come as often as the screen is drawn, but not in step

export const on = (name, listener) => (listeners[name] ||= []).push(listener);

export function tell(name, content) {
  if (name === "frame") keep(content);
  else if (content !== undefined && name in store) store[name] = content;
  if (name === "state" && content) frames.length = 0; // those that wait are of the state before
  if (["state", "frame", "detail", "draw"].includes(name)) later(name);
  else run(name, content);
}

function keep(frame) {
  if (!frame.playing) frames.length = 0;
  else if (frames.length === MOST_WAITING) frames.shift();
  frames.push(frame);
}

function later(name) {
  if (!waiting.size) requestAnimationFrame(draw);
  waiting.add(name);
}

function draw() {
  if (!frames.length) waiting.delete("frame");
  else if (waiting.has("frame")) store.frame = frames.shift();
  const names = ["state", "frame", "detail", "draw"].filter((name) => waiting.has(name));
  waiting.clear();
  if (frames.length) later("frame");
  if (store.state) names.forEach((name) => run(name, store[name]));
}

const run = (name, content) => (listeners[name] || []).forEach((listener) => listener(content));

// Work that is never done twice at once: wanted while it is being done, it is done once more.
export function oneAtATime(work) {
  let busy = false;
  let again = false;
  return async function once() {
    if (busy) { again = true; return; }
    busy = true;
    try { await work(); } finally { busy = false; }
    if (again) { again = false; once(); }
  };
}

// From visit to visit; where a browser keeps nothing, nothing.
export function remembered(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

export function remember(name, value) {
  try { localStorage.setItem(name, value); } catch { /* it is forgotten */ }
}
