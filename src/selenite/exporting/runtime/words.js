/** Reads free text as the model does, in any script: CHARACTERS says what words and blanks are, and what casefolding moves. */
const CHARACTERS = JSON.parse(`{}`);
const LONGEST_WORD = 40, LENGTH_OF_PIECE = 4; // in characters
const MOST_WORDS = 12; // of a text, that are told
const rangesOf = (ends) => ends.map((end, i) => (i % 2 ? `-\\u{${(end - 1).toString(16)}}` : `\\u{${end.toString(16)}}`)).join("");
const WORD = new RegExp(`[${rangesOf(CHARACTERS.words)}]+`, "gu"), UNBROKEN = new RegExp(`[^${rangesOf(CHARACTERS.blanks)}]+`, "gu");
const FOLDED = new Map(CHARACTERS.long_folds.map((long) => { const [one, ...becomes] = long.map((code) => String.fromCodePoint(code)); return [one, becomes.join("")]; }));
for (const [first, last, step, shift] of CHARACTERS.folds) {
  for (let one = first; one <= last; one += step) FOLDED.set(String.fromCodePoint(one), String.fromCodePoint(one + shift));
}
const PLACES = new Map(COLUMNS.filter(({ terms }) => terms).map((column) => [column, new Map(column.terms.names.map((term, place) => [term, place]))]));

/** A text with upper and lower case as one, as Unicode's full casefolding has it. */
const casefolded = (text) => text.replace(/[A-Z\x80-\u{10ffff}]/gu, (one) => FOLDED.get(one) ?? one);

/** The words of a text that is casefolded, in their order. */
const wordsOf = (text) => (text.match(WORD) ?? []).filter((word) => lengthOf(word) <= LONGEST_WORD);

const lengthOf = (text) => Array.from(text).length;

/** The scores of a text: what its terms add, by their tf-idf weights; of words and pieces each of length 1. */
function textScores(column, text) {
  const { added } = column.terms, weights = weightsOf(column, text);
  return added.map((adds) => weights.reduce((sum, [place, weight]) => sum + weight * adds[place], 0));
}

/** The places of the known terms of a text, rising, each with its weight. */
function weightsOf(column, text) {
  const { names, rarities } = column.terms, times = counted(PLACES.get(column), casefolded(text)), squares = [0, 0];
  const held = [...times.keys()].sort((one, other) => one - other), ofPiece = (place) => Number(names[place].startsWith("-"));
  const weights = held.map((place) => (1 + Math.log(times.get(place))) * rarities[place]);
  held.forEach((place, i) => { squares[ofPiece(place)] += weights[i] ** 2; });
  return held.map((place, i) => [place, weights[i] / Math.sqrt(squares[ofPiece(place)])]);
}

/** How often a casefolded text holds each known term, by its place: words, pairs of words, and pieces. */
function counted(places, text) {
  const times = new Map(), words = wordsOf(text), pieces = (text.match(UNBROKEN) ?? []).flatMap(piecesOf);
  for (const term of [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`), ...pieces]) {
    const place = places.get(term);
    if (place !== undefined) times.set(place, (times.get(place) ?? 0) + 1);
  }
  return times;
}

/** The pieces, each four characters after a mark, of what stands between blanks. */
function piecesOf(unbroken) {
  const letters = [" ", ...unbroken, " "], n = Math.max(letters.length - LENGTH_OF_PIECE, 0) + 1;
  return letters.length - 2 > LONGEST_WORD ? [] : Array.from({ length: n }, (_, i) => `-${letters.slice(i, i + LENGTH_OF_PIECE).join("")}`);
}

/** What the words of a row add: its answer of an index, a class's probability or the number, less the one without the word. */
export function wordEffects(row, index) {
  const answer = (changed) => answersOf(encode({ ...row, ...changed }))[index];
  const effects = COLUMNS.filter(({ name, terms }) => terms && !isGap(row[name])).flatMap((column) => {
    const { name } = column, text = casefolded(String(row[name]));
    const without = (word) => text.replace(WORD, (found) => (found === word ? "" : found)) || " "; // no gap
    return thatMoveMost(column, text).map((word) => ({ column: name, word, effect: answer({}) - answer({ [name]: without(word) }) }));
  });
  return effects.sort((one, other) => Math.abs(other.effect) - Math.abs(one.effect));
}

/** The words that add most to the scores of a text. */
function thatMoveMost(column, text) {
  const { names, added } = column.terms, moved = (place, weight) => weight * added.reduce((sum, adds) => sum + Math.abs(adds[place]), 0);
  const held = weightsOf(column, text).map(([place, weight]) => [names[place], moved(place, weight)]).filter(([term, by]) => by > 0 && !/^-| /.test(term));
  return held.sort(([, one], [, other]) => other - one).slice(0, MOST_WORDS).map(([word]) => word);
}

const knowsAWord = (column, text) => wordsOf(casefolded(text)).some((word) => PLACES.get(column).has(word));
