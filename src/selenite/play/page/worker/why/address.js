/* How every number of a run is named, such as row17.hidden1.unit3.z; counting begins at 1 in the text, at 0 in the address.

     loss   input[x1]   output.total (what a softmax divides by)
     hidden1.unit3.z   .a   .slope (da/dz)   .delta (dloss/dz)   .a.gradient (dloss/da)
     hidden1.weights[2,3]   hidden1.biases[3]   and of each   .gradient   .update   .velocity   .mean   .mean_square */

import { Refusal } from "../text.js";
const OF_UNITS = ["z", "a", "slope", "delta", "a.gradient"];
const OF_PARAMETERS = ["", "gradient", "update", "velocity", "mean", "mean_square"];

/** part: "loss", "input", "hidden1", ..., "output"; kind of a layer: "unit", "weights", "biases", "total". */
export const address = (part, more = {}) => ({ part, kind: "", index: [], name: "", attribute: "", row: null, ...more });

export const isParameter = ({ kind }) => kind === "weights" || kind === "biases";

/** The same place with another attribute. */
export const at = (place, attribute) => ({ ...place, attribute });

export function textOf({ part, kind, index, name, attribute, row }) {
  const inside = name || index.map((i) => i + 1).join(",");
  const place = kind === "unit" ? `.unit${index[0] + 1}` : (kind && `.${kind}`) + (inside && `[${inside}]`);
  return (row === null ? "" : `row${row}.`) + part + place + (attribute && `.${attribute}`);
}

/** The address that a text is; layers are hidden1, ..., output. */
export function parse(text, layers) {
  const [, row, rest] = text.trim().match(/^(?:row(\d+)\.)?(.*)$/s);
  const found = bare(rest, layers);
  if (!found) throw new Refusal(`there is no number "${text}" to ask about. Such are loss, ${layers[0]}.unit1.z, output.unit1.delta, ${layers[0]}.weights[1,1].gradient`);
  return { ...found, row: row === undefined ? null : Number(row) };
}

function bare(text, layers) {
  if (text === "loss") return address("loss");
  const input = text.match(/^input\[(.+)\]$/s);
  if (input) return address("input", { name: input[1] });
  const dot = text.indexOf("."), layer = dot < 0 ? text : text.slice(0, dot), rest = dot < 0 ? "" : text.slice(dot + 1);
  if (!layers.includes(layer)) return null;
  const place = rest.match(/^(weights|biases)\[([\d, ]+)\](?:\.(.+))?$/);
  if (place) {
    const attribute = place[3] ?? "", index = place[2].split(",").map((number) => Number(number) - 1);
    return index.length === (place[1] === "weights" ? 2 : 1) && OF_PARAMETERS.includes(attribute) ? address(layer, { kind: place[1], index, attribute }) : null;
  }
  if (rest === "total" && layer === "output") return address(layer, { kind: "total" });
  const unit = rest.match(/^unit(\d+)\.(.+)$/);
  return OF_UNITS.includes(unit?.[2]) ? address(layer, { kind: "unit", index: [Number(unit[1]) - 1], attribute: unit[2] }) : null;
}
