/* Long computations in steps: generators, which can be left at each step. */

const SLICE = 10; // milliseconds

/** Takes steps until they end, or are over after a pause, of which there are many. A step that is an object is told, of
    those that are numbers, the shares done, the last before a pause. */
export async function takeSteps(steps, tell, isOver) {
  let until = performance.now() + SLICE;
  for (const step of steps) {
    if (typeof step === "object") tell(step);
    if (performance.now() < until) continue;
    if (typeof step === "number") tell({ progress: step });
    await pause();
    if (isOver()) return;
    until = performance.now() + SLICE;
  }
}

/** Lets messages come in; a timer would wait for longer. */
export function pause() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = () => { port1.close(); done(); };
    port2.postMessage(null);
  });
}

/** What a computation in steps gives in the end. */
export function finished(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
