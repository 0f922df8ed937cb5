/* A message as bytes: what it says in JSON, then the arrays it speaks of, so that every number arrives to the bit.

     4 bytes, little-endian: the length of the JSON | the JSON | zeros up to a multiple of 8 | the arrays, each likewise

   In the JSON an array is { array: "f8", at: its first byte after the JSON, length: 3 }; one that lies at the server already is
   called by its name, { kept: "..." }, and not sent. */

const TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, u1: Uint8Array };
const STEP = 8;

const names = new WeakMap(); // array -> its name at the server

/** Note that an array lies at the server, too. */
export function lies(array, name) {
  names.set(array, name);
  return array;
}

const after = (size) => Math.ceil(size / STEP) * STEP;
const typeOf = (array) => Object.keys(TYPES).find((type) => array instanceof TYPES[type]);

/** A message as bytes. */
export function pack(content) {
  const arrays = [];
  let size = 0;
  const described = (_key, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    if (names.has(value)) return { kept: names.get(value) };
    const found = { array: typeOf(value), at: size, length: value.length };
    arrays.push(value);
    size += after(value.byteLength);
    return found;
  };
  const head = new TextEncoder().encode(JSON.stringify(content, described)), begin = after(4 + head.length);
  const bytes = new Uint8Array(begin + size);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  arrays.reduce((at, array) => {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return at + after(array.byteLength);
  }, begin);
  return bytes;
}

/** What a message says. */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true), begin = after(4 + length);
  const revived = (_key, value) => (typeof value?.array === "string" ? new TYPES[value.array](buffer, begin + value.at, value.length) : value);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)), revived);
}
