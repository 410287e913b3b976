// The shots that something is asked of, as a list that can be narrowed to what still needs a person.

import { needsYou, spoken, stateOf, words } from "./cut.js";
import { el, find } from "./dom.js";
import { Scroller } from "./scroller.js";
import { bar } from "./strip.js";

const ROW = 62;
const KINDS = {
  all: () => true,
  open: needsYou,
  circled: (shot) => stateOf(shot).kind === "circled",
  failed: (shot) => shot.state === "failed",
  running: (shot) => shot.state === "performing" || shot.state === "planned",
};

export class List {
  constructor(cut) {
    this.cut = cut;
    this.shots = [];
    this.kind = find("#only");
    this.text = find("#filter");
    this.scroller = new Scroller(find("#list"), {
      along: "y",
      make: (index) => this.row(this.shots[index]),
      chosen: (index) => cut.look({ shot: this.shots[index].id }),
    });
    this.kind.addEventListener("change", () => this.load());
    this.text.addEventListener("input", () => this.load());
    cut.on("loaded", () => this.load());
    cut.on("changed", ({ id }) => this.changed(id));
    cut.on("looked", () => this.looked());
  }

  load() {
    const sought = this.text.value.trim().toLowerCase();
    const wanted = KINDS[this.kind.value];
    this.shots = this.cut.data.shots.filter((shot) => wanted(shot) && (!sought || told(shot).includes(sought)));
    this.scroller.resize(this.shots.length, ROW);
    this.count();
    this.pointed = null;
    this.looked();
  }

  count() {
    const all = this.cut.data.shots;
    const circled = all.filter(KINDS.circled).length;
    find("#count").textContent = this.shots.length === all.length ? `${circled} of ${all.length} circled` : `${this.shots.length} of ${all.length} shots`;
    find("#list-empty").hidden = this.shots.length > 0;
    find("#list-empty").textContent = all.length ? "No shot is like that." : "Nothing is asked of this cut yet: mark dialogue and run it.";
  }

  changed(id) {
    const place = this.shots.findIndex((shot) => shot.id === id);
    if (place >= 0) {
      this.shots[place] = this.cut.shots.get(id);
      this.scroller.renew(place);
    } else if (this.kind.value !== "all") this.load();
    this.count();
  }

  looked() {
    const place = this.shots.findIndex((shot) => shot.id === this.cut.shot);
    for (const one of [this.pointed, place]) if (one !== null && one >= 0) this.scroller.renew(one);
    this.pointed = place;
    if (place >= 0) this.scroller.point(place);
  }

  row(shot) {
    const state = stateOf(shot);
    const looked = shot.id === this.cut.shot;
    const cue = shot.cues[0];
    const asked = shot.cues.map((one) => words(one.direction)).filter(Boolean).join(" · ");
    const said = [shot.clip, shot.record_in, asked, state.word].filter(Boolean).join(", ");
    return el("div", { class: `row${looked ? " looked" : ""}`, role: "option", "aria-selected": String(looked), "aria-label": said },
      el("span", { class: "row-name", "aria-hidden": "true", text: shot.clip, title: shot.clip }),
      el("span", { class: "row-in tc", "aria-hidden": "true", text: shot.record_in }),
      el("span", { class: "row-asked", "aria-hidden": "true", text: [cue?.character, asked || spoken(cue)].filter(Boolean).join(" · ") }),
      el("span", { class: `state ${state.kind}`, "aria-hidden": "true" }, el("i", { text: state.shape }), state.word),
      shot.state === "performing" && bar(shot.progress));
  }
}

function told(shot) {
  const cues = shot.cues.flatMap((cue) => [cue.character, cue.text, words(cue.direction)]);
  return [shot.clip, shot.record_in, shot.track, ...cues].filter(Boolean).join(" ").toLowerCase();
}
