/* What the page knows beside the model: rows to compare with, orders of the columns, how tables and numbers are written. */

export const FACTS = JSON.parse(`{}`);
