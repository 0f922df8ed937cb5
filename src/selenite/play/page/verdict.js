// What is said of a run in the end: the doctor's finding, unless all is right; and that rows were learnt by heart, where test and training part.

const APART = 0.1; // share of right answers, or of the error, that the test rows lack
const ENOUGH = 20; // test rows, of which a share tells something

/** The sentences for a run: how it ended, what was found. `good`: accuracy or error of training and test rows. */
export function verdict({ ended = "", finding, good, rows, classes }) {
  const perfect = classes && good?.train === 1;
  if (byHeart(good, rows, classes)) {
    const what = classes ? `${Math.round(100 * good.train)} % of the training rows are right, but ${Math.round(100 * good.test)} % of the test rows` : "its error on the test rows is far larger than on the training rows";
    return `${ended} It has learnt its rows by heart: ${what}. Try a smaller network, an L2 penalty, or more rows.`.trim();
  }
  if (!finding || (perfect && finding.name === "not converged")) return ended;
  return `${ended} ${capital(finding.evidence)}. Try ${finding.remedy}.`.trim();
}

function byHeart(good, rows, classes) {
  if (!good || typeof good.test !== "number" || typeof good.train !== "number" || rows.test < ENOUGH) return false;
  if (!classes) return good.test > 2 * good.train && good["test R²"] < good["train R²"] - APART;
  const chance = 2 * Math.sqrt((good.test * (1 - good.test)) / rows.test);
  return good.train - good.test > Math.max(APART, chance);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
