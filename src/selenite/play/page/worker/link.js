/* The address as a file: settings, weights, drawn points and perhaps a table in the part of a link that is never sent to a server.

   Format 1: "1." and then JSON, compressed by zlib, in URL-safe base 64; format 2 the same with a table. A link once made opens for
   ever: what is read is told by its first character, and a new format gets a new one. */

import { MOST_DRAWN } from "./drawing.js";
import { ownLesson } from "./lessons.js";
import { limits as limit } from "./limits.js";
import { settingsOf } from "./settings.js";
import { Refusal, grouped } from "./text.js";

export const MOST_PARAMETERS = 2000;
export const MOST_CHARACTERS = 1_000_000; // which browsers and few mails take; without a table a tenth
const MOST_BYTES = 2 ** 22; // once decompressed

export const controls = limit.list(limit.matching(/^[a-z-]{1,30}$/, "a control's name"), 40);

const coordinate = limit.number(-1e6, 1e6);
const point = (value, name) => {
  const [x, y, code] = limit.list((each) => each, 3, 3)(value, name);
  return [coordinate(x, name), coordinate(y, name), limit.whole(0, 9)(code, name)];
};

const fields = {
  settings: (value) => settingsOf(value),
  epoch: limit.optional(limit.whole(0, 1_000_000), 0),
  weights: limit.optional(limit.text(MOST_CHARACTERS), ""), // float64, little-endian, in base 64; empty for those that the settings start with
  points: limit.optional(limit.list(point, MOST_DRAWN), []),
  lesson: limit.optional(limit.text(40), ""),
  own: limit.optional(ownLesson, null), // a lesson that its maker wrote
  hidden: limit.optional(controls, []), // controls that are put away
};
const table = limit.record({ name: limit.text(2000), text: limit.text(MOST_BYTES) }); // as its file has it
const FORMATS = {
  1: { most: MOST_CHARACTERS / 10, contents: limit.record(fields) },
  2: { most: MOST_CHARACTERS, contents: limit.record({ ...fields, table }) },
};

/** The fragment of a link; with a table it is of format 2. */
export async function encodeLink(link) {
  const format = link.table ? 2 : 1, content = new TextEncoder().encode(JSON.stringify(link)), { most } = FORMATS[format];
  const packed = content.length <= MOST_BYTES ? await through(new CompressionStream("deflate"), content) : content;
  const fragment = `${format}.${toBase64(packed).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  if (fragment.length > most) throw new Refusal(`the link would have ${grouped(fragment.length)} characters, and a link holds ${grouped(most)}; share the file beside it`);
  return fragment;
}

/** What a link, or its fragment alone, carries. */
export async function decodeLink(text) {
  const fragment = text.slice(text.lastIndexOf("#") + 1);
  const [, version, body] = /^(\d+)\.([\w-]+)$/.exec(fragment) ?? [], format = Object.hasOwn(FORMATS, version ?? "") ? FORMATS[version] : null;
  if (!version || fragment.length > (format?.most ?? MOST_CHARACTERS)) throw new Refusal("this is no link of the playground: it should end in # and a number, a point and letters");
  if (!format) throw new Refusal(`this link is of format ${version}, and this selenite reads formats ${Object.keys(FORMATS).join(" and ")}: upgrade`);
  try {
    const packed = fromBase64(body.replaceAll("-", "+").replaceAll("_", "/"));
    const unpacked = await through(new DecompressionStream("deflate"), packed);
    return format.contents(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(unpacked)), "a link");
  } catch (error) {
    throw new Refusal(`this link cannot be read: ${error.message}`);
  }
}

/** Bytes sent through a stream; what becomes longer than a link may be is refused. */
async function through(stream, bytes) {
  const writer = stream.writable.getWriter(), parts = [];
  const written = Promise.all([writer.write(bytes), writer.close()]);
  written.catch(() => {}); // told by the reader, too
  let length = 0;
  for (const reader = stream.readable.getReader(); ;) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST_BYTES) throw new Refusal(`it holds more than ${grouped(MOST_BYTES)} bytes`);
  }
  const found = new Uint8Array(length);
  parts.reduce((at, part) => { found.set(part, at); return at + part.length; }, 0);
  return found;
}

/** Parameters as text. */
export function packWeights(parameters) {
  if (parameters.length > MOST_PARAMETERS) {
    throw new Refusal(`a link holds ${grouped(MOST_PARAMETERS)} weights and this network has ${grouped(parameters.length)}; save the model file`);
  }
  const bytes = new DataView(new ArrayBuffer(8 * parameters.length));
  parameters.forEach((value, i) => bytes.setFloat64(8 * i, value, true));
  return toBase64(new Uint8Array(bytes.buffer));
}

/** The parameters in a link; null where it has none. */
export function unpackWeights(text, count) {
  if (!text) return null;
  let bytes;
  try { bytes = new DataView(fromBase64(text).buffer); } catch { throw new Refusal("the weights of this link cannot be read"); }
  const parameters = Float64Array.from({ length: Math.floor(bytes.byteLength / 8) }, (_, i) => bytes.getFloat64(8 * i, true));
  if (8 * count !== bytes.byteLength || !parameters.every(Number.isFinite)) {
    throw new Refusal(`this link has ${grouped(parameters.length)} weights, and its network ${grouped(count)}, all finite`);
  }
  return parameters;
}

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
export const fromBase64 = (text) => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (one) => one.charCodeAt()); // older browsers
