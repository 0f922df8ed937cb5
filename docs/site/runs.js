// A picture becomes its run once the reader is near. In a lesson scroll is time: the run is where the reader is, until the reader
// takes it over; on a wide screen it stands beside the text, the one whose place was reached last.

const lesson = document.body.classList.contains("lesson");
const wide = matchMedia("(min-width: 1100px)");
const runs = [...document.querySelectorAll(".run")].map((figure) => ({ figure, place: figure.nextElementSibling, again: figure.querySelector("button"), frame: null, ready: false }));
document.body.classList.add("live");

function look() {
  const near = ({ place }, screens) => place.getBoundingClientRect().top < screens * innerHeight;
  const beside = lesson && wide.matches ? runs.findLast((run, i) => i === 0 || near(run, 0.8)) : null;
  for (const run of runs) {
    run.figure.classList.toggle("now", run === beside);
    if (!run.frame && (run === beside || near(run, 1.5))) begin(run);
    follow(run);
  }
}

function begin(run) {
  const { figure } = run;
  run.frame = Object.assign(document.createElement("iframe"), { title: `${document.title}, in the playground`, src: figure.dataset.run });
  figure.prepend(run.frame);
}

function follow({ frame, ready, again }) {
  if (!lesson || !ready || !again.hidden) return;
  const way = document.documentElement.scrollHeight - innerHeight;
  frame.contentWindow.postMessage({ goto: way > 0 ? Math.min(Math.max(scrollY / way, 0), 1) : 1 }, "*"); // a file has no origin
}

for (const run of runs) {
  run.again.onclick = () => {
    run.again.hidden = true;
    follow(run);
  };
}
addEventListener("message", ({ source, data }) => {
  const run = runs.find(({ frame }) => frame?.contentWindow === source);
  if (!run) return;
  if (data.playground === "ready") run.ready = true;
  if (data.playground === "taken") run.again.hidden = !lesson;
  follow(run);
});
addEventListener("scroll", look, { passive: true });
addEventListener("resize", look);
look();
