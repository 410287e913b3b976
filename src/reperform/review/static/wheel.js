// The emotion wheel: six feelings around "as the picture". It is a group of radio buttons to those who use keys or hear the page.

import { svg } from "./dom.js";

const AROUND = ["happy", "surprised", "angry", "disgusted", "sad", "neutral"];
const [INNER, OUTER, LETTERS] = [34, 96, 68];
const GAP = 0.022; // radians between two pieces

export class Wheel {
  constructor(place, onChange) {
    this.place = place;
    this.onChange = onChange;
    this.value = null;
    this.reach = null; // the temperature: how far a piece is filled
    place.setAttribute("role", "radiogroup");
    place.setAttribute("aria-label", "Emotion");
    place.addEventListener("keydown", (event) => this.key(event));
  }

  set(value, reach = this.reach) {
    this.value = value ?? null;
    this.reach = reach ?? null;
    const focused = this.place.contains(document.activeElement);
    const pieces = AROUND.map((emotion, index) => this.piece(emotion, index));
    this.place.replaceChildren(svg("svg", { viewBox: "-100 -100 200 200" }, ...pieces, this.middle()));
    if (focused) this.place.querySelector("[tabindex='0']")?.focus();
  }

  piece(emotion, index) {
    const step = (2 * Math.PI) / AROUND.length;
    const from = index * step - Math.PI / 2 - step / 2;
    const on = this.value === emotion;
    const full = on ? INNER + (OUTER - INNER) * (this.reach ?? 1) : INNER;
    const middle = from + step / 2;
    return this.radio(emotion, emotion,
      svg("path", { class: "piece", d: sector(from + GAP, from + step - GAP, INNER, OUTER) }),
      svg("path", { class: "fill", d: on ? sector(from + GAP, from + step - GAP, INNER, Math.max(INNER + 2, full)) : "" }),
      svg("text", { x: Math.cos(middle) * LETTERS, y: Math.sin(middle) * LETTERS + 3.5, "text-anchor": "middle", text: emotion }));
  }

  middle() {
    return this.radio(null, "none: as the picture", svg("circle", { class: "piece", r: INNER - 3 }),
      svg("text", { y: -1.5, "text-anchor": "middle", text: "as the" }), svg("text", { y: 9.5, "text-anchor": "middle", text: "picture" }));
  }

  radio(value, name, ...shapes) {
    const on = this.value === value;
    return svg("g", { role: "radio", "aria-checked": String(on), "aria-label": name, tabindex: on ? "0" : "-1", class: on ? "on" : "", onclick: () => this.choose(value) }, ...shapes);
  }

  choose(value) {
    this.set(value);
    this.onChange(value);
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [null, ...AROUND];
    this.choose(all[(all.indexOf(this.value) + step + all.length) % all.length]);
    this.place.querySelector("[tabindex='0']")?.focus();
  }
}

function sector(from, to, inner, outer) {
  const at = (angle, radius) => `${(Math.cos(angle) * radius).toFixed(2)} ${(Math.sin(angle) * radius).toFixed(2)}`;
  return `M${at(from, outer)} A${outer} ${outer} 0 0 1 ${at(to, outer)} L${at(to, inner)} A${inner} ${inner} 0 0 0 ${at(from, inner)} Z`;
}
