// What the page knows, and who wants to be told. Frames are drawn once per refresh of the screen, the newest only.

const listeners = {};
export const store = { state: null, frame: null, detail: null, selected: null, peek: null, matrixLayer: undefined, discrete: false, showTest: true };
const waiting = new Set();

export function on(name, listener) {
  (listeners[name] ||= []).push(listener);
}

export function tell(name, content) {
  if (content !== undefined && name in store) store[name] = content;
  if (!["state", "frame", "detail", "draw"].includes(name)) return run(name, content);
  if (!waiting.size) requestAnimationFrame(draw);
  waiting.add(name);
}

function draw() {
  const names = ["state", "frame", "detail", "draw"].filter((name) => waiting.has(name));
  waiting.clear();
  if (store.state) names.forEach((name) => run(name, store[name]));
}

function run(name, content) {
  (listeners[name] || []).forEach((listener) => listener(content));
}
