// The borders between classes, as lines through the surface's places.

// Two classes: bytes of a probability, whose border is at a half. More: the class of each place.
export function borders(shades, size, many) {
  const path = new Path2D();
  const sides = many ? shades : shades.map((shade) => shade > 127);
  const at = (i, j) => (many ? 0.5 : (127.5 - shades[i]) / (shades[j] - shades[i])); // where between two places
  for (let y = 0; y < size - 1; y++) for (let x = 0; x < size - 1; x++) {
    const a = y * size + x, b = a + 1, d = a + size, c = d + 1;
    if (sides[a] === sides[b] && sides[b] === sides[c] && sides[c] === sides[d]) continue;
    const found = [];
    if (sides[a] !== sides[b]) found.push([x + at(a, b), y]);
    if (sides[b] !== sides[c]) found.push([x + 1, y + at(b, c)]);
    if (sides[d] !== sides[c]) found.push([x + at(d, c), y + 1]);
    if (sides[a] !== sides[d]) found.push([x, y + at(a, d)]);
    const middle = found.length === 2 ? found[1] : [x + 0.5, y + 0.5];
    for (const point of found.length === 2 ? [found[0]] : found) {
      path.moveTo((point[0] + 0.5) / size, (point[1] + 0.5) / size);
      path.lineTo((middle[0] + 0.5) / size, (middle[1] + 0.5) / size);
    }
  }
  return path;
}
