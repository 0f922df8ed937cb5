/* Many rows: a table dropped in is answered by a worker of its own, and its predictions are saved. */

import { worker } from "./background.js";
import { element } from "./dom.js";

/** The part of the page that takes tables. */
export function tableSection() {
  const said = element("p", { role: "status" }), file = element("input", { type: "file", id: "table", accept: ".csv,.tsv,.txt" });
  const section = element("section", { id: "drop" }, element("h2", {}, "Many rows"),
    element("p", {}, element("label", { for: "table" }, "Drop a CSV file here, or choose one: "), file), said,
    element("p", { class: "note" }, "It has the form's columns, named in its first line. The predictions are saved as CSV; nothing leaves this computer."));
  const take = (given) => { if (given) answerTable(given, said); };
  file.addEventListener("change", () => take(file.files[0]));
  addEventListener("dragover", (event) => { event.preventDefault(); section.classList.add("over"); });
  addEventListener("dragleave", () => section.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    section.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  return section;
}

async function answerTable(file, said) {
  said.className = "";
  said.textContent = `Predicting the rows of ${file.name} …`;
  const { n_rows, predictions, error } = await answered(await file.text());
  if (error) {
    said.className = "warning";
    said.textContent = `${file.name} cannot be predicted: ${error}`;
    return;
  }
  const place = URL.createObjectURL(new Blob([predictions], { type: "text/csv" }));
  const link = element("a", { href: place, download: `${file.name.replace(/\.\w+$/, "")}.predictions.csv` }, "Save them again");
  said.replaceChildren(`${n_rows.toLocaleString("en-US")} rows of ${file.name} predicted and saved. `, link);
  link.click();
}

function answered(text) {
  const one = worker();
  return new Promise((done) => {
    one.onmessage = ({ data }) => { one.terminate(); done(data); };
    one.postMessage({ text });
  });
}
