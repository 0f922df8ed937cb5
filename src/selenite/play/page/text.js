// Numbers as text.

export function short(value) {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2).replaceAll("-", "−");
  return (size >= 100 ? value.toFixed(size >= 1000 ? 0 : 1) : value.toPrecision(3)).replace("-", "−");
}

export function loss(value) {
  if (value === null || value === undefined) return "–";
  return value >= 1e5 || value < 1e-4 ? value.toExponential(3) : value.toFixed(4);
}

export const percent = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(share > 0.9995 || share < 0.0005 ? 0 : 1)} %`);
export const whole = (value) => value.toLocaleString("en");
