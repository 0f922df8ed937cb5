// What the page remembers from visit to visit; where a browser keeps nothing, nothing.

export function remembered(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

export function remember(name, value) {
  try { localStorage.setItem(name, value); } catch { /* it is forgotten */ }
}
