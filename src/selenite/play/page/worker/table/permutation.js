/* numpy.random.default_rng(0).permutation: PCG64 (O'Neill 2014), so that halves of rows are those that Python looks at. */

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const BEGIN = 0x1aa1b5345996452d09585eb7a69561e3n, INCREMENT = 0x418ddadb3af71a82588133bc447873a9n; // of seed 0
const low = (bits, value) => BigInt.asUintN(bits, value);

/** 32 random bits after the other: each step gives 64, the lower half first. */
function* words() {
  for (let state = BEGIN; ;) {
    state = low(128, state * MULTIPLIER + INCREMENT);
    const mixed = low(64, (state >> 64n) ^ state), turn = state >> 122n, word = low(64, (mixed >> turn) | (mixed << (64n - turn)));
    yield Number(low(32, word));
    yield Number(word >> 32n);
  }
}

/** The numbers 0 ... n - 1 in random order, always the same. */
export function shuffled(n) {
  const found = Int32Array.from({ length: n }, (_, i) => i), drawn = words();
  for (let i = n - 1; i > 0; i--) {
    const j = upTo(i, drawn);
    [found[i], found[j]] = [found[j], found[i]];
  }
  return found;
}

/** A whole number from 0 to `most`, each as likely: the first of as few bits that is none too large. */
function upTo(most, drawn) {
  const shift = Math.clz32(most);
  for (;;) {
    const found = (drawn.next().value << shift) >>> shift;
    if (found <= most) return found;
  }
}
