// The cut as the server last told it, and what is looked at in it. Whoever draws something listens here.

import { fraction, frames, timecode } from "./timecode.js";

export class Cut extends EventTarget {
  constructor() {
    super();
    this.data = null;
    this.clip = null; // index of the clip that is looked at
    this.shot = null; // id of its shot; null for a clip that nothing is asked of
  }

  // Everything anew: after the page was opened, after the server was away, after the file changed.
  load(data) {
    this.data = data;
    this.rate = fraction(data.rate);
    this.shots = new Map(data.shots.map((shot) => [shot.id, shot]));
    this.clips = new Map(data.clips.map((clip) => [clip.index, clip]));
    if (!this.shots.has(this.shot)) this.shot = null;
    if (!this.clips.has(this.clip)) this.clip = null;
    this.tell("loaded");
  }

  replace(shot) {
    if (!shot || !this.shots) return;
    this.shots.set(shot.id, shot);
    const place = this.data.shots.findIndex((one) => one.id === shot.id);
    if (place >= 0) this.data.shots[place] = shot;
    this.tell("changed", { id: shot.id });
  }

  saved(is) {
    this.data.saved = is;
    this.tell("told");
  }

  // What the head of the page says, where nothing else changed.
  told(some) {
    Object.assign(this.data, some);
    this.tell("told");
  }

  look({ clip = null, shot = null }) {
    const at = clip ?? this.shots.get(shot)?.clip_index ?? null;
    const of = shot ?? this.clips.get(at)?.shot ?? null;
    if (at === this.clip && of === this.shot) return;
    this.clip = at;
    this.shot = of;
    this.tell("looked");
  }

  get current() {
    return this.shots?.get(this.shot) ?? null;
  }

  get currentClip() {
    return this.clips?.get(this.clip) ?? null;
  }

  neighbour(step) {
    const shots = this.data.shots;
    const place = shots.findIndex((shot) => shot.id === this.shot);
    if (place >= 0) return shots[place + step] ?? null;
    const here = this.currentClip?.record_frame ?? 0;
    const after = shots.filter((shot) => (step > 0 ? shot.record_frame > here : shot.record_frame < here));
    return (step > 0 ? after[0] : after.at(-1)) ?? null;
  }

  // `frame` counts from the cut's first.
  recordTimecode(frame) {
    return timecode(this.data.start_frame + frame, this.rate, this.data.drop_frame);
  }

  sourceTimecode(shot, frame) {
    if (!shot || shot.source_in === null || shot.source_in === undefined) return null;
    const rate = fraction(shot.source_rate ?? this.data.rate);
    const first = typeof shot.source_in === "number" ? shot.source_in : frames(shot.source_in, rate);
    return first === null ? null : timecode(first + Math.floor((frame * rate) / this.rate + 1e-6), rate, shot.source_drop_frame);
  }

  tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  on(kinds, work) {
    kinds.split(" ").forEach((kind) => this.addEventListener(kind, (event) => work(event.detail)));
  }
}

export const versionOf = (shot, id) => shot?.versions.find((version) => version.id === id) ?? null;
export const takesOf = (shot) => shot.versions.filter((version) => version.kind !== "original");

export function cueAt(shot, frame) {
  return shot?.cues.find((cue) => frame >= cue.frame && frame < cue.frame + cue.frames) ?? shot?.cues[0] ?? null;
}

const SAID = ["emotion", "region", "temperature", "line", "voice"];

// The direction in the grammar's own order, as an editor would say it.
export function words(direction) {
  if (!direction) return "";
  if (typeof direction === "string") return direction;
  const said = SAID.filter((key) => direction[key] !== null && direction[key] !== undefined && direction[key] !== "");
  return said.map((key) => (key === "line" ? `“${direction.line}”` : key === "voice" ? `voice ${direction.voice}` : String(direction[key]))).join(", ");
}

const SHAPES = { planned: "○", performing: "◐", done: "●", failed: "✕" };

export function stateOf(shot) {
  const circled = shot.versions.find((version) => version.decision?.circled);
  if (circled) return { kind: "circled", shape: "◉", word: `${circled.label} circled` };
  const takes = takesOf(shot);
  if (shot.state === "done" && takes.length && takes.every((version) => version.decision?.rejected)) {
    return { kind: "rejected", shape: "⊘", word: "all rejected" };
  }
  const far = shot.state === "performing" && Number.isFinite(shot.progress) ? ` ${Math.round(shot.progress * 100)} %` : "";
  return { kind: shot.state, shape: SHAPES[shot.state] ?? "○", word: (shot.state_word || shot.state) + far };
}

export function needsYou(shot) {
  return shot.state === "failed" || (shot.state === "done" && !["circled", "rejected"].includes(stateOf(shot).kind));
}

// What is said in a cue. A marker's own words are its direction, which stands beside it already.
export function spoken(cue) {
  const text = cue?.text ?? "";
  return !text || text === cue.direction?.line || /^(rp|reperform|dialogue)\b/i.test(text) ? "" : `“${text}”`;
}
