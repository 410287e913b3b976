// What happened, for the eye at the foot of the page and for the ear of a screen reader.

import { el, find } from "./dom.js";

let timer = null;

export function say(text, { kind = "note", seconds = 5 } = {}) {
  const place = find("#said");
  place.replaceChildren(el("span", { class: `said ${kind}`, text }));
  clearTimeout(timer);
  timer = setTimeout(() => place.replaceChildren(), seconds * 1000);
}

export function sayError(error) {
  say([error.message, error.fix].filter(Boolean).join(" "), { kind: "error", seconds: 12 });
}
