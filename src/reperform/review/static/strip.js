// The cut as a strip: every clip in its order, its cues in their places, its state by shape, colour and word.

import { stateOf, words } from "./cut.js";
import { el, find, keepFocus } from "./dom.js";
import { Scroller } from "./scroller.js";
import { still } from "./still.js";

const NARROWEST = 118; // pixels at the middle zoom
const WIDEST = 560;
const SECOND = 40; // pixels
const FRAME = 112; // pixels of one picture of the film
const FULLER = 2; // how far a short cut is drawn out to fill the page
const ZOOMS = [0.4, 0.7, 1, 1.5, 2.4, 4];

export class Strip {
  constructor(cut, player) {
    this.cut = cut;
    this.player = player;
    this.zoom = 2;
    this.scroller = new Scroller(find("#strip"), {
      along: "x",
      make: (index) => this.item(cut.data.clips[index]),
      chosen: (index) => cut.look({ clip: cut.data.clips[index].index }),
    });
    this.head = find("#strip-head");
    cut.on("loaded", () => this.load());
    cut.on("changed", ({ id }) => this.changed(id));
    cut.on("looked", () => this.looked());
    player.addEventListener("shown", () => this.moveHead());
    this.listen();
  }

  listen() {
    for (const [selector, step] of [["#narrower", -1], ["#wider", 1]]) {
      keepFocus(find(selector));
      find(selector).addEventListener("click", () => this.zoomBy(step));
    }
    find("#strip").addEventListener("wheel", (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        this.zoomBy(event.deltaY < 0 ? 1 : -1);
      } else if (!event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX)) {
        event.preventDefault();
        find("#strip").scrollLeft += event.deltaY;
      }
    }, { passive: false });
  }

  zoomBy(step) {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.zoom + step));
    this.load();
    this.looked();
  }

  load() {
    const { clips } = this.cut.data;
    this.places = new Map(clips.map((clip, place) => [clip.index, place]));
    const each = (SECOND * ZOOMS[this.zoom]) / this.cut.rate; // pixels a frame
    const low = NARROWEST * Math.min(1.4, Math.max(0.6, ZOOMS[this.zoom]));
    const sizes = clips.map((clip) => Math.min(WIDEST * ZOOMS[this.zoom], Math.max(low, clip.frames * each)));
    const fuller = Math.min(FULLER, Math.max(1, find("#strip").clientWidth / sizes.reduce((sum, size) => sum + size, 0)));
    this.sizes = sizes.map((size) => Math.floor(size * (this.zoom === 2 ? fuller : 1)));
    this.scroller.resize(clips.length, this.sizes);
    this.shown = null;
  }

  changed(id) {
    const place = this.places.get(this.cut.shots.get(id)?.clip_index);
    if (place !== undefined) this.scroller.renew(place);
  }

  looked() {
    const place = this.places.get(this.cut.clip);
    for (const one of [this.shown, place]) if (one !== undefined && one !== null) this.scroller.renew(one);
    this.shown = place;
    if (place !== undefined) this.scroller.point(place);
    this.moveHead();
  }

  item(clip) {
    const shot = this.cut.shots.get(clip.shot);
    const state = shot ? stateOf(shot) : { kind: "plain", shape: "", word: "" };
    const looked = clip.index === this.cut.clip;
    const said = [clip.name, clip.record_in, shot ? state.word : "nothing asked", ...(shot?.cues ?? []).map((cue) => words(cue.direction))];
    return el("div", { class: `clip ${state.kind}${looked ? " looked" : ""}`, role: "option", "aria-selected": String(looked), "aria-label": said.filter(Boolean).join(", ") },
      el("span", { class: "clip-film", "aria-hidden": "true" }, this.film(clip)),
      el("span", { class: "clip-cues", "aria-hidden": "true" }, (shot?.cues ?? []).map((cue) => placed(cue, clip))),
      el("span", { class: "clip-words", "aria-hidden": "true" },
        el("span", { class: "clip-name", text: clip.name }),
        shot && el("span", { class: `state ${state.kind}`, title: state.word }, el("i", { text: state.shape }), state.word)),
      shot?.state === "performing" && bar(shot.progress));
  }

  // As many pictures as there is room for, each of the frame that it stands over.
  film(clip) {
    const count = Math.max(1, Math.round(this.sizes[this.places.get(clip.index)] / FRAME));
    if (!clip.still || count === 1) return [still(clip.still, "no picture")];
    return Array.from({ length: count }, (_, place) => still(`${clip.still}?frame=${Math.floor(((place + 0.5) / count) * clip.frames)}`, ""));
  }

  moveHead() {
    const shown = this.player.shown;
    const clip = shown?.segment?.clip;
    const place = clip ? this.places?.get(clip.index) : undefined;
    this.head.hidden = place === undefined;
    if (place === undefined) return;
    const [start, end] = [this.scroller.starts[place], this.scroller.starts[place + 1]];
    this.head.style.transform = `translateX(${start + ((shown.frame + 0.5) / clip.frames) * (end - start)}px)`;
  }
}

function placed(cue, clip) {
  const mark = el("i", { title: words(cue.direction) });
  mark.style.left = `${(100 * cue.frame) / clip.frames}%`;
  mark.style.width = `${(100 * cue.frames) / clip.frames}%`;
  return mark;
}

export function bar(progress) {
  const inner = el("i");
  inner.style.width = `${Math.round(100 * (progress ?? 0.05))}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, inner);
}
