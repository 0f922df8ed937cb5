/* Addresses: how every number of a run is named, such as row17.hidden1.unit3.z.

     loss   input[x1]   output.total
     hidden1.unit3.z   .a   .slope (da/dz)   .delta (dloss/dz)   .a.gradient (dloss/da)
     hidden1.weights[2,3]   hidden1.biases[3]   and of each   .gradient   .update   .velocity   .mean   .mean_square

   Counting begins at 1: weights[2,3] leads from the second unit below to the third unit of the layer. */

import { Refusal, shown } from "../text.js";

const OF_UNITS = ["z", "a", "slope", "delta", "a.gradient"];
const OF_PARAMETERS = ["", "gradient", "update", "velocity", "mean", "mean_square"];

/** An address: of a part (loss, input, hidden1, ..., output), in it of a kind (unit, weights, biases, total) at places
    counted from 0, what of it, and of which row, from 1. */
export const address = (part, { kind = "", index = [], name = "", attribute = "", row = null } = {}) => ({ part, kind, index, name, attribute, row });

export const isParameter = ({ kind }) => kind === "weights" || kind === "biases";

/** An address as text. */
export function textOf({ part, kind, index, name, attribute, row }) {
  const inside = name || index.map((i) => i + 1).join(",");
  const place = kind === "unit" ? `.unit${index[0] + 1}` : `${kind && `.${kind}`}${inside && `[${inside}]`}`;
  return `${row === null ? "" : `row${row}.`}${part}${place}${attribute && `.${attribute}`}`;
}

/** The address that a text is; `layers` are hidden1, ..., output. */
export function parse(text, layers) {
  const [, row, rest] = /^(?:row(\d+)\.)?(.*)$/s.exec(text.trim()), found = bare(rest, layers);
  if (!found) {
    throw new Refusal(`there is no number ${shown(text)} to ask about. Such are loss, ${layers[0]}.unit1.z, output.unit1.delta, ${layers[0]}.weights[1,1].gradient`);
  }
  return { ...found, row: row === undefined ? null : Number(row) };
}

function bare(text, layers) {
  if (text === "loss") return address("loss");
  const input = /^input\[(.+)\]$/s.exec(text);
  if (input) return address("input", { name: input[1] });
  const [, layer, rest = ""] = /^([^.]*)(?:\.(.*))?$/s.exec(text);
  if (!layers.includes(layer)) return null;
  if (rest === "total" && layer === "output") return address(layer, { kind: "total" });
  const unit = /^unit(\d+)(?:\.(.+))?$/.exec(rest), place = /^(weights|biases)\[([\d, ]+)\](?:\.(.+))?$/.exec(rest);
  if (unit && OF_UNITS.includes(unit[2] ?? "a")) return address(layer, { kind: "unit", index: [unit[1] - 1], attribute: unit[2] ?? "a" });
  if (!place || !OF_PARAMETERS.includes(place[3] ?? "")) return null;
  const index = place[2].split(",").map((number) => Number(number) - 1);
  return index.length === (place[1] === "weights" ? 2 : 1) ? address(layer, { kind: place[1], index, attribute: place[3] ?? "" }) : null;
}
