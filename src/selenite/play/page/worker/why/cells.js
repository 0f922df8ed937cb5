/* The table behind the inputs: which cell each comes from, as Python's cells.py says it.

   subject.cell(i, row) → { column, name, text }: the column's name, the input's, and the cell as text ("missing" where it is a gap). */

/** What a term of the first layer is called: the input's name, and the cell it comes from. */
export function label({ input_names, cell }, i, row) {
  const name = input_names[i];
  if (!cell) return name;
  const { column, text } = cell(i, row);
  return name === column ? `${name} = ${text}` : `${name} (${text})`;
}

/** In words, which cell an input comes from. */
export function described({ cell }, i, row) {
  if (!cell) return "given";
  const { column, text } = cell(i, row);
  return text === "missing" ? `column ${column} is missing` : `column ${column} holds ${text}`;
}
