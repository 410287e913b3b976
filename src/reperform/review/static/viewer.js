// Which versions stand against each other in the player, in which programme; and what is written over and under the picture.

import { cueAt, spoken, takesOf, versionOf, words } from "./cut.js";
import { clamp, el, find } from "./dom.js";
import { programmeOf } from "./programme.js";
import { still } from "./still.js";
import { duration } from "./timecode.js";

const WAIT = 250; // milliseconds before the page says that a picture is still being made

export class Viewer extends EventTarget {
  constructor(cut, player) {
    super();
    this.cut = cut;
    this.player = player;
    this.pair = { a: "original", b: null };
    this.inContext = false;
    this.looping = false;
    cut.on("looked", () => this.open());
    cut.on("loaded", () => this.renew());
    cut.on("changed", ({ id }) => this.renew(id));
    player.addEventListener("shown", () => this.numbers());
    for (const kind of ["changed", "status"]) player.addEventListener(kind, () => this.labels());
  }

  // Another shot: its newest take against its original, at the cue's first frame.
  open() {
    const { current: shot } = this.cut;
    this.pair = { a: "original", b: shot ? firstTake(shot) : null };
    this.looping = false;
    this.still();
    const programme = this.programme();
    this.player.side = shot && this.pair.b !== "original" ? "b" : "a";
    this.player.show(programme, programme.ownStart + (shot?.cues[0]?.frame ?? 0));
    this.tell();
  }

  programme() {
    return programmeOf(this.cut, this.pair, this.inContext);
  }

  // The same place in a programme that changed: a take came in, another version is compared, the neighbours are in or out.
  renew(id = null) {
    if (id !== null && id !== this.cut.shot && !this.inContext) return;
    if (!this.cut.currentClip && !this.cut.current) return;
    const shot = this.cut.current;
    const had = this.player.programme;
    const inside = this.player.place - had.ownStart;
    if (shot && (!versionOf(shot, this.pair.b) || (this.pair.b === "original" && takesOf(shot).length))) this.pair.b = firstTake(shot);
    if (shot && !versionOf(shot, this.pair.a)) this.pair.a = "original";
    const programme = this.programme();
    if (!same(had, programme)) {
      this.player.show(programme, clamp(programme.ownStart + inside, 0, Math.max(0, programme.frames - 1)), true);
      if (this.looping) this.loop(true);
    }
    this.tell();
  }

  get version() {
    return versionOf(this.cut.current, this.pair[this.player.side]);
  }

  get frame() {
    return clamp(this.player.place - this.player.programme.ownStart, 0, (this.cut.current?.frames ?? 1) - 1);
  }

  get cue() {
    return cueAt(this.cut.current, this.frame);
  }

  // A version by its place in the list: the original is A, any take becomes B.
  compare(id, side = id === "original" ? "a" : "b") {
    this.pair = { ...this.pair, [side]: id };
    this.player.side = side;
    this.renew();
    this.player.turnTo(side);
    this.tell();
  }

  flip() {
    const to = this.player.side === "a" ? "b" : "a";
    if (!this.player.programme.segments.some((segment) => segment.a !== segment.b)) return false;
    this.player.turnTo(to);
    this.tell();
    return true;
  }

  context(is) {
    const speed = this.player.speed;
    this.inContext = is;
    this.renew();
    if (!speed && is) this.player.seek(this.player.programme.span[0]);
    this.tell();
  }

  loop(is) {
    this.looping = is;
    this.player.setLoop(is ? this.player.programme.loopOf(this.cue) : null);
    this.tell();
  }

  toCue(edge) {
    const cue = this.cue;
    const start = this.player.programme.ownStart;
    const frame = cue ? (edge === "in" ? cue.frame : cue.frame + cue.frames - 1) : edge === "in" ? 0 : (this.cut.current?.frames ?? 1) - 1;
    this.player.stop();
    this.player.seek(start + frame);
  }

  tell() {
    this.labels();
    this.dispatchEvent(new Event("changed"));
  }

  // ---- what is written

  numbers() {
    const shown = this.player.shown;
    if (!shown?.segment) return;
    const { segment, frame } = shown;
    find("#record").textContent = this.cut.recordTimecode(segment.record + frame);
    find("#source").textContent = this.cut.sourceTimecode(segment.shot, frame) ?? "--:--:--:--";
    find("#frame").textContent = `${frame + 1} / ${segment.frames}`;
    const scrub = find("#scrub");
    scrub.setAttribute("aria-valuemax", String(this.player.programme.frames - 1));
    scrub.setAttribute("aria-valuenow", String(shown.place));
    scrub.setAttribute("aria-valuetext", `${find("#record").textContent}, frame ${frame + 1} of ${segment.frames}`);
  }

  labels() {
    const { player } = this;
    const segment = player.live.segment;
    if (!segment) return;
    const cue = segment.shot ? cueAt(segment.shot, player.place - player.start) : null;
    find("#shot-name").textContent = segment.name;
    find("#shot-words").textContent = [cue?.character, words(cue?.direction), spoken(cue)].filter(Boolean).join(" · ");
    find("#shot-length").textContent = duration(segment.frames, this.cut.rate);
    const alone = segment.a === segment.b;
    const paired = player.mode !== "single" && segment.a && segment.b && segment.a !== segment.b;
    this.label("#label-a", "A", segment.versions.a?.label ?? (segment.a ? "Original" : null), paired || player.side === "a" || alone);
    this.label("#label-b", "B", segment.versions.b?.label ?? null, paired || (player.side === "b" && !alone));
    find("#stage").dataset.mode = paired ? player.mode : "single";
    this.status();
  }

  label(selector, letter, name, is) {
    const label = find(selector);
    label.hidden = !is || !name;
    label.replaceChildren(el("b", { text: letter }), ` ${name ?? ""}`);
  }

  status() {
    const place = find("#making");
    const status = this.player.status;
    clearTimeout(this.later);
    if (status === "ready" || status === "empty") {
      place.hidden = true;
      find("#poster").replaceChildren();
      return;
    }
    this.later = setTimeout(() => this.saying(place, status), status === "waiting" ? WAIT : 0);
  }

  saying(place, status) {
    const side = this.player.side === "b" ? "take" : "original";
    const said = {
      waiting: "Making a picture for the browser…",
      failed: `The ${side}'s picture could not be made.`,
      none: this.absent(side),
    };
    place.textContent = said[this.player.status] ?? said[status];
    place.hidden = this.player.status === "ready";
  }

  absent(side) {
    const segment = this.player.live.segment;
    const words = side === "take" ? segment.versions.b?.offline : segment.shot?.offline ?? segment.clip?.offline;
    return words ? `No picture: ${words}.` : side === "take" ? "There is no take yet." : "The original’s media is not at hand.";
  }

  still() {
    const { currentClip: clip, current: shot } = this.cut;
    const url = shot?.versions[0]?.still ?? clip?.still;
    find("#poster").replaceChildren(url ? still(url) : "");
  }
}

function firstTake(shot) {
  if (shot.chosen && shot.chosen !== "original" && versionOf(shot, shot.chosen)) return shot.chosen;
  const good = takesOf(shot).filter((version) => version.video && !version.decision?.rejected);
  const best = good.filter((version) => version.kind === "performed" && version.passed !== false).at(-1) ?? good.at(-1);
  return best?.id ?? "original";
}

function same(one, other) {
  const key = (programme) => programme.segments.map((segment) => [segment.clip?.index, segment.shot?.id, segment.a, segment.b, segment.versions.b?.id].join()).join("|");
  if (key(one) !== key(other)) return false;
  one.segments.forEach((segment, index) => Object.assign(segment, other.segments[index])); // what else is known of them now
  return true;
}
