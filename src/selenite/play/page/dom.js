// Making elements: text is always text, so that no name in a file can become markup.

import { WORDS } from "./words.js";

export const $ = (id) => document.getElementById(id);

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.startsWith("aria")) element[name] = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Give an element new children; what had the focus has it again.
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.filter(Boolean));
  if (focused) $(focused)?.focus({ preventScroll: true });
}

const named = (label) => label.toLowerCase().replace(/\W+/g, "-");

export function field(label, control, title) {
  control.id ||= `field-${named(label)}`;
  return h("label", { class: "field", title: title || WORDS[label] || "" }, h("span", {}, label), control);
}

export function select(options, value, change, properties = {}) {
  return h("select", { ...properties, onchange: ({ target }) => change(target.value) },
    ...options.map(([key, text, title = ""]) => h("option", { value: key, selected: String(key) === String(value), title }, text)));
}

export function number(value, change, properties = {}) {
  return h("input", { type: "number", value, ...properties, onchange: ({ target: box }) => {
    if (box.value !== "" && box.checkValidity()) change(Number(box.value));
    else box.reportValidity(); // it stays marked
  } });
}

export function check(label, checked, change, title) {
  const box = h("input", { type: "checkbox", id: `check-${label.replace(/\s+/g, "-")}`, checked, onchange: () => change(box.checked) });
  return h("label", { class: "check", title: title || WORDS[label] || "" }, box, h("span", {}, label));
}

// The empty context of a canvas that fills its room with the screen's pixels; it draws in the page's.
export function fitted(canvas, w = canvas.clientWidth, hgt = canvas.clientHeight) {
  const ratio = devicePixelRatio, [width, height] = [w, hgt].map((length) => Math.round(length * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, w, hgt);
  return context;
}

export function save(content, name) {
  const link = h("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
