// Which rows train and which are put aside: splits.split, drawn by the seed, so that the same seed names the same rows.

import { largestAt, range } from "./numbers.js";
import { SPLIT, permutation } from "./random.js";

/** The rows kept and those put aside, each ascending; with `classes` of each class the fraction. */
export function split(n, fraction, seed, classes = null) {
  if (fraction === 0) return [range(n), range(0)];
  const shuffled = permutation(seed, n, SPLIT);
  const aside = new Set(classes ? ofEachClass(shuffled, fraction, classes) : shuffled.slice(0, asideOf(n, fraction)));
  return [range(n).filter((row) => !aside.has(row)), range(n).filter((row) => aside.has(row))];
}

/** How many of n rows are put aside: at least one, and one kept; halves are rounded to the even number. */
function asideOf(n, fraction) {
  const exact = n * fraction, below = Math.floor(exact);
  const rounded = exact - below === 0.5 ? below + (below % 2) : Math.round(exact);
  return Math.min(Math.max(rounded, 1), n - 1);
}

/** Rows of a class lie evenly over [0, 1), in shuffled order; those below the fraction are put aside. */
function ofEachClass(shuffled, fraction, classes) {
  const size = new Map(), rank = new Map();
  for (const row of shuffled) size.set(classes[row], (size.get(classes[row]) ?? 0) + 1);
  const shares = Array.from(shuffled, (row) => {
    const kind = classes[row], at = rank.get(kind) ?? 0;
    rank.set(kind, at + 1);
    return at === size.get(kind) - 1 ? Infinity : (at + 0.5) / size.get(kind); // the last of each class stays
  });
  const aside = shuffled.filter((_, i) => shares[i] < fraction);
  return aside.length ? aside : [shuffled[largestAt(shares.map((share) => -share))]];
}
