// Files that are opened: tables to learn from, models to look into, and rows to see such a model by.

import { LESSONS, OWN } from "./lessons.js";
import { Opened } from "./opened.js";
import { ask, isThere, upload } from "./server.js";
import { readTable } from "./table/csv.js";
import { Refusal } from "./text.js";

/** Open a file that was chosen or dropped: by the server, or a plain table by the page itself. */
export async function openFile(bench, name, bytes) {
  if (!isThere()) return bench.openTable(readTable(name, bytes));
  const { session } = bench;
  opened(bench, await upload(name, bytes, session.finished ? session.told.file : null));
}

/** The table in a file: read by the server, or by the page itself. */
export const tableIn = async (name, bytes) => (isThere() ? tableOf(await upload(name, bytes)) : readTable(name, bytes));

/** Open the file that the page begins with, where the server has one, and tell whether it has. */
export function begun(bench) {
  const told = isThere() ? ask("begin") : null;
  if (told) opened(bench, told);
  return Boolean(told);
}

/** Open what a link carries, or lesson=KEY or its number, and tell what it was. */
export async function follow(bench, link) {
  const [, lesson] = /^lesson=(.*)/.exec(link) ?? [];
  const { result, error } = await (lesson ? bench.ask("lesson", { key: Object.keys(LESSONS)[lesson - 1] ?? lesson }) : bench.ask("open", { link }));
  if (error) throw new Refusal(error);
  if (result && bench.lesson !== OWN) bench.publish("say", result);
}

function opened(bench, told) {
  if (told.kind === "model") bench.openModel(new Opened(told));
  else bench.openTable(tableOf(told));
}

/** A table whose columns are learnt by the server. */
const tableOf = ({ file, table }) => ({
  ...table,
  learn(wanted) {
    const learnt = ask("learn", { file, ...wanted }), { asked } = learnt;
    return { ...learnt, words: (row, place) => ask("words", { file, asked, row, place }) };
  },
});
