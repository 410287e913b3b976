// Elements. Words only ever become text, never markup: names in a timeline are whatever somebody typed.

export const find = (selector, within = document) => within.querySelector(selector);

export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  give(made, given);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function give(element, given) {
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(key);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "text") element.textContent = value;
    else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, given = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "text") made.textContent = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export const icon = (name) => svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));

// A button worked by the mouse leaves the focus where it is, so that the space bar stays the player's.
export function button(given, ...children) {
  const made = el("button", { type: "button", ...given }, ...children);
  keepFocus(made);
  return made;
}

export const keepFocus = (element) => element.addEventListener("mousedown", (event) => event.preventDefault());

export function each(selector, work, within = document) {
  within.querySelectorAll(selector).forEach(work);
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
