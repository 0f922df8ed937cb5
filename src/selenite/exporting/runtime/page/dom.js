/* Elements of the page. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; one that begins with "on" listens, one that is false or null is left out. */
export const element = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

/** An element of a picture. */
export const drawn = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

/** Text of the table's, which may run from right to left, kept apart from what surrounds it. */
export const own = (text, longest = 60) => element("bdi", {}, text === "" ? "(empty)" : text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
