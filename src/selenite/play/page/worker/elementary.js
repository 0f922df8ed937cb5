/* The exponential, the logarithm, sine, cosine and the error function, of +, -, *, / and √ alone: the same bits in every browser and on every machine,
   which Math does not promise. So a set of points, or a start, is the same for whoever opens a link. */

// A constant in parts: the first ones end in zeros, so that whole multiples of them are exact.
const LN2 = [0.6931471804855391, 7.440617110012397e-11];
const HALF_PI = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];

const word = new DataView(new ArrayBuffer(8));
const factorials = Array.from({ length: 22 }, (_, n) => { let product = 1; for (let k = 2; k <= n; k++) product *= k; return product; });
const ODD = [19, 17, 15, 13, 11, 9, 7, 5, 3].map((n) => ((n - 1) % 4 ? -1 : 1) / factorials[n]); // of (sin r - r) / r³
const EVEN = [18, 16, 14, 12, 10, 8, 6, 4].map((n) => (n % 4 ? -1 : 1) / factorials[n]); // of (cos r - 1 + r²/2) / r⁴
const EXP = Array.from({ length: 13 }, (_, k) => 1 / factorials[14 - k]); // of (eʳ - 1 - r) / r²
const LOG = Array.from({ length: 11 }, (_, k) => 2 / (23 - 2 * k)); // of (log((1 + s) / (1 - s)) - 2 s) / s³

/** A polynomial, by Horner's rule: the highest power's coefficient first. */
function polynomial(coefficients, x) {
  let sum = coefficients[0];
  for (let k = 1; k < coefficients.length; k++) sum = sum * x + coefficients[k];
  return sum;
}

/** 2ⁿ of a whole number from -1022 to 1023. */
function power(n) {
  word.setUint32(0, (n + 1023) << 20);
  word.setUint32(4, 0);
  return word.getFloat64(0);
}

/** eˣ, with x = n log 2 + r. */
export function exp(x) {
  if (x > 709.782712893384) return Infinity;
  if (!(x >= -745.2)) return x < 0 ? 0 : x;
  const n = Math.round(x / Math.LN2), high = x - n * LN2[0], low = n * LN2[1], r = high - low;
  const near = 1 + (high + (r * r * polynomial(EXP, r) - low));
  return n < -1000 ? near * power(n + 100) * power(-100) : n > 1000 ? near * power(n - 1) * 2 : near * power(n);
}

/** log x, with x = 2ⁿ (1 + f) and log(1 + f) = f - f²/2 + s (f²/2 + R), s = f / (2 + f). */
export function log(x) {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x === Infinity ? x : NaN;
  if (x < 1e-300) return log(x * power(100)) - 100 * LN2[0] - 100 * LN2[1];
  word.setFloat64(0, x);
  const upper = word.getUint32(0);
  let n = (upper >>> 20) - 1023;
  word.setUint32(0, (upper & 0xfffff) | 0x3ff00000);
  let m = word.getFloat64(0);
  if (m > Math.SQRT2) { m /= 2; n += 1; }
  const f = m - 1, s = f / (2 + f), square = s * s, half = 0.5 * f * f;
  return n * LN2[0] - (half - (s * (half + square * polynomial(LOG, square)) + n * LN2[1]) - f);
}

/** The sine of r + low and its cosine, for |r| up to π/4. */
function sineAt(r, low) {
  const square = r * r;
  return r + (r * square * polynomial(ODD, square) + low);
}

function cosineAt(r, low) {
  const square = r * r, half = 0.5 * square, near = 1 - half;
  return near + (1 - near - half + (square * square * polynomial(EVEN, square) - r * low));
}

/** Sine or cosine of x = n π/2 + r; `turn`: by how many quarters it is ahead of the sine. */
function circular(x, turn) {
  if (!(Math.abs(x) < 1e6)) return NaN;
  const n = Math.round(x / HALF_PI[0]);
  const first = x - n * HALF_PI[0], second = n * HALF_PI[1], r = first - second;
  const low = first - r - second - n * HALF_PI[2];
  const quarter = (((n + turn) % 4) + 4) % 4, found = quarter % 2 ? cosineAt(r, low) : sineAt(r, low);
  return quarter < 2 ? found : -found;
}

export const sin = (x) => (x === 0 ? x : circular(x, 0));
export const cos = (x) => circular(x, 1);

/** log(1 + x), also where x is small: what 1 + x has lost of x is lost of its logarithm in proportion. */
export function log1p(x) {
  const whole = 1 + x;
  return whole === 1 ? x : log(whole) * (x / (whole - 1));
}

const FAR = 3; // beyond, the continued fraction is the quicker
const ROOT_PI = Math.sqrt(Math.PI);

/** The error function: 2/√π e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n + 1)) near 0, and far from it by erfc's continued fraction. */
export function erf(x) {
  const size = Math.abs(x), square = x * x;
  if (!(size <= 6)) return Math.sign(x); // and NaN of what is none
  if (size > FAR) {
    let below = size;
    for (let k = 60; k > 0; k--) below = size + k / 2 / below;
    return Math.sign(x) * (1 - exp(-square) / (ROOT_PI * below));
  }
  let sum = 0;
  for (let n = 1, part = x; sum + part !== sum; n++) {
    sum += part;
    part *= (2 * square) / (2 * n + 1);
  }
  return (2 / ROOT_PI) * exp(-square) * sum;
}
