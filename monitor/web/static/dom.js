// Making and changing elements. Whatever comes from outside passes through here as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

// Text from outside without characters that steer a terminal or turn the direction of what stands beside it.
export const clean = (text) => String(text).replace(UNPRINTABLE, " ");

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// A name from outside: its direction is its own affair.
export const outside = (text, className) => element("bdi", className, clean(text));

export function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

export function button(className, label, onClick) {
  const made = element("button", className);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.title = label;
  made.addEventListener("click", onClick);
  return made;
}

// Writes only what differs, so that nothing is laid out again, or read again, for nothing.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === "") node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
