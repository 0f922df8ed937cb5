/* What is remembered of a table's columns and of its target, everything needed to turn new rows into numbers: plain data under
   the names of table/schema.py, as a model file has it. */

/** What is known of a column: its kind ("number", "category", "yes/no", "date", "identifier" or "constant"), how it is encoded,
    and what was seen in training. */
export const columnSchema = (name, kind, known = {}) => ({
  name, kind,
  reason: "", // why it was set aside, in words
  scales: [], // { center, width } of a number, or of a part of a date; none of a number that is taken as it is
  parts: [], // of a date: "time", "year_sin", ...
  categories: [], // in order of code; of yes/no: no, yes
  rank_quantiles: [], // of a number's rank; none if it has no such input
  frequent_values: [], // numbers that many rows share, each with an indicator
  rare: false, // rare categories share one code, which unseen ones join
  missing: false, // gaps were seen in training: they have an indicator
  zoned: null, // of dates: whether their times had a zone
  minimum: null, maximum: null, // of the training rows
  ...known,
});

/** The column to predict: classes, or the center and width of a number. */
export const targetOf = (name, known) => ({
  name, task: known.classes ? "classification" : "regression", classes: [], class_type: "text", center: 0, width: 1, minimum: null, maximum: null, ...known,
});
