// Where a page by itself ends: what selenite play reads, or explains better.

import { Refusal } from "../text.js";

/** The command that opens a file. */
export const commandFor = (source) => `selenite play ${/^[\w.-]+$/.test(source) ? source : "FILE"}`;

/** The refusal of a file that this small reader does not take, whether or not table/ does: where, and what is there. */
export const beyond = (source, where, what) =>
  new Refusal(`${where} ${what}. A page by itself reads plain tables only; ${commandFor(source)} reads more, and says how to mend the rest`);
