// Scroll is time: the run in the frame is where the reader is, until the reader takes it over.

const frame = document.querySelector(".run iframe");
const again = document.getElementById("follow");
let ready = false;

function follow() {
  if (!ready || !again.hidden) return;
  const way = document.documentElement.scrollHeight - innerHeight;
  frame.contentWindow.postMessage({ goto: way > 0 ? Math.min(Math.max(scrollY / way, 0), 1) : 1 }, "*"); // a file has no origin
}

addEventListener("scroll", follow, { passive: true });
addEventListener("message", ({ source, data }) => {
  if (source !== frame.contentWindow) return;
  if (data.playground === "ready") ready = true;
  if (data.playground === "taken") again.hidden = false;
  follow();
});
again.onclick = () => {
  again.hidden = true;
  follow();
};
