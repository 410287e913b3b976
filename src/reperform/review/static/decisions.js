// The versions of a shot, and what was decided of them: circled, rejected, noted. Every decision is the server's at once.

import { say, sayError } from "./announcer.js";
import { money } from "./cue_editor.js";
import { button, el, find, icon } from "./dom.js";
import { spoken, words } from "./cut.js";
import * as wire from "./wire.js";

export class Decisions {
  constructor(cut, viewer, askAgain) {
    this.cut = cut;
    this.viewer = viewer;
    this.askAgain = askAgain;
    this.place = find("#versions");
    find("#note-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.note();
    });
    find("#note").addEventListener("keydown", (event) => event.key === "Escape" && event.target.blur());
    for (const kind of ["looked", "loaded"]) cut.on(kind, () => this.draw());
    cut.on("changed", ({ id }) => id === cut.shot && this.draw());
    viewer.addEventListener("changed", () => this.draw());
    viewer.player.addEventListener("shown", () => this.noteTime());
  }

  async decide(action, more = {}, version = this.viewer.version?.id) {
    const shot = this.cut.current;
    if (!shot || !version) return;
    try {
      const answer = await wire.decide(shot.id, version, action, more);
      this.cut.replace(answer);
      say(SAID[action](answer.versions.find((one) => one.id === version)?.label ?? ""));
    } catch (error) {
      sayError(error);
    }
  }

  circle(id = this.viewer.version?.id) {
    const version = this.version(id);
    if (version) this.decide(version.decision?.circled ? "uncircle" : "circle", {}, id);
  }

  reject(id = this.viewer.version?.id) {
    const version = this.version(id);
    if (!version) return;
    if (version.kind === "original") say("The original is not rejected: circle a take instead.");
    else this.decide(version.decision?.rejected ? "unreject" : "reject", {}, id);
  }

  version(id) {
    return this.cut.current?.versions.find((version) => version.id === id);
  }

  async note() {
    const text = find("#note").value.trim();
    if (!text) return;
    await this.decide("note", { frame: this.viewer.frame, text });
    find("#note").value = "";
    find("#note").blur();
  }

  noteTime() {
    const shot = this.cut.current;
    find("#note-at").textContent = shot ? this.cut.recordTimecode(shot.record_frame + this.viewer.frame) : "";
  }

  draw() {
    const shot = this.cut.current;
    find("#nothing-asked").hidden = Boolean(shot) || !this.cut.currentClip;
    find("#note-form").hidden = !shot;
    find("#takes-head").hidden = !shot;
    const focus = document.activeElement?.closest?.("#versions") ? document.activeElement.dataset.key : null;
    this.place.replaceChildren(...(shot?.versions ?? []).map((version, place) => this.card(shot, version, place)));
    if (focus) this.place.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
    this.cues(shot);
    this.noteTime();
    const version = this.viewer.version;
    find("#note").placeholder = version ? `A note on ${version.label.toLowerCase()} here` : "";
  }

  card(shot, version, place) {
    const { circled, rejected, notes = [] } = version.decision ?? {};
    const letter = this.viewer.pair.a === version.id ? "A" : this.viewer.pair.b === version.id ? "B" : "";
    const seen = this.viewer.version?.id === version.id;
    const classes = ["version", seen && "seen", circled && "circled", rejected && "rejected"].filter(Boolean).join(" ");
    return el("li", { class: classes, "data-version": version.id },
      el("div", { class: "version-head" },
        button({ class: "version-name", "data-key": `see-${version.id}`, "aria-pressed": String(seen), title: `Look at it (${place === 0 ? "0" : place})`, onclick: () => this.viewer.compare(version.id) },
          el("span", { class: "letter", "aria-hidden": "true", text: letter }),
          el("span", { text: version.label }),
          version.id === shot.in_cut && el("span", { class: "in-cut", title: "This is what the timeline's file says now", text: "in the cut" })),
        button({ class: "decide circle", "data-key": `circle-${version.id}`, "aria-pressed": String(Boolean(circled)), "aria-label": `Circle ${version.label}`, title: "Circle (C)", onclick: () => this.circle(version.id) }, icon("circle")),
        version.kind !== "original" && button({ class: "decide reject", "data-key": `reject-${version.id}`, "aria-pressed": String(Boolean(rejected)), "aria-label": `Reject ${version.label}`, title: "Reject (R)", onclick: () => this.reject(version.id) }, icon("cross"))),
      facts(version),
      notes.length > 0 && el("ul", { class: "notes" }, notes.map((note) => this.noted(version, note))));
  }

  noted(version, note) {
    const go = () => {
      this.viewer.compare(version.id);
      this.viewer.player.seek(this.viewer.player.programme.ownStart + note.frame);
    };
    return el("li", {},
      button({ class: "tc", title: "Go there", text: note.timecode, "data-key": `note-${note.id}`, onclick: go }),
      el("span", { text: note.text }),
      button({ class: "unnote", "aria-label": `Delete the note at ${note.timecode}`, title: "Delete", "data-key": `unnote-${note.id}`, onclick: () => this.decide("unnote", { note: note.id }, version.id) }, icon("cross")));
  }

  cues(shot) {
    const cues = shot?.cues ?? [];
    find("#cues-head").hidden = !cues.length;
    find("#cues").replaceChildren(...cues.map((cue) => el("li", {},
      el("span", { class: "cue-words" },
        el("b", { text: words(cue.direction) || "as the picture" }),
        el("span", { class: "faint", text: [this.cut.recordTimecode(shot.record_frame + cue.frame), cue.character, spoken(cue)].filter(Boolean).join(" · ") })),
      button({ class: "plain", title: "Ask for this cue again, another way (E)", onclick: () => this.askAgain(shot, cue) }, "Ask again…"))));
  }

  async undo() {
    await this.back(wire.undo, "Nothing to undo.", "Undone");
  }

  async redo() {
    await this.back(wire.redo, "Nothing to redo.", "Redone");
  }

  async back(work, nothing, done) {
    try {
      const answer = await work();
      if (answer.shot) {
        this.cut.replace(typeof answer.shot === "string" ? await wire.getShot(answer.shot) : answer.shot);
        }
      const what = answer.undone ?? answer.redone;
      say(what ? `${done}: ${what}` : nothing);
    } catch (error) {
      sayError(error);
    }
  }
}

const SAID = {
  circle: (label) => `${label} is circled.`,
  uncircle: (label) => `${label} is not circled any more.`,
  reject: (label) => `${label} is rejected.`,
  unreject: (label) => `${label} is not rejected any more.`,
  note: (label) => `Noted on ${label.toLowerCase()}.`,
  unnote: () => "The note is deleted.",
};

function facts(version) {
  if (version.kind === "original") return null;
  const bad = (version.checks ?? []).filter((check) => !check.passed);
  const checks = version.checks?.length ? (bad.length ? bad.map((check) => check.detail || check.name).join("; ") : `${version.checks.length} checks passed`) : "";
  const made = [...new Set([version.engine, version.model])].filter(Boolean).join(" ");
  const paid = version.cost ? money(version.cost, version.currency) : version.kind === "preview" ? "free" : "";
  return el("p", { class: "facts" },
    el("span", { class: "asked", text: words(version.direction) || "as the picture" }),
    el("span", { text: [made, paid].filter(Boolean).join(" · ") }),
    checks && el("span", { class: bad.length ? "bad" : "good" }, el("i", { "aria-hidden": "true", text: bad.length ? "✕ " : "✓ " }), checks));
}
