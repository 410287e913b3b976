// What is played: a shot by itself, or the shot in its place in the cut. Frames count from the programme's first.

import { versionOf } from "./cut.js";
import { clamp } from "./dom.js";

const CONTEXT = 4; // seconds of the neighbours on either side
const NEIGHBOURS = 3;
const PRE_ROLL = 1; // seconds before a cue that is looped
const POST_ROLL = 0.5;

export function programmeOf(cut, pair, inContext) {
  const clip = cut.currentClip;
  if (!clip && !cut.current) return new Programme(cut, [], 0);
  const own = segmentOf(cut, clip, cut.current, pair);
  if (!inContext || !clip) return new Programme(cut, [own], 0);
  const place = cut.data.clips.indexOf(clip);
  const near = cut.data.clips.slice(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1);
  const segments = near.map((one) => (one === clip ? own : segmentOf(cut, one, cut.shots.get(one.shot) ?? null, null)));
  return new Programme(cut, segments, near.indexOf(clip));
}

// `pair` says which versions are A and B; without it B is the chosen one, as the cut would be saved.
function segmentOf(cut, clip, shot, pair) {
  const a = shot && versionOf(shot, pair?.a ?? "original");
  const b = shot && versionOf(shot, pair?.b ?? shot.chosen);
  return {
    clip,
    shot,
    frames: shot?.frames ?? clip.frames,
    record: shot?.record_frame ?? clip.record_frame,
    name: clip?.name ?? shot.clip,
    still: clip?.still ?? a?.still,
    versions: { a, b },
    a: (a ? a.video : clip.video) ?? null,
    b: (b ? b.video : clip?.video) ?? null,
  };
}

export class Programme {
  constructor(cut, segments, own) {
    this.rate = cut.rate;
    this.segments = segments;
    this.own = own; // which segment is the shot that is looked at
    this.starts = [];
    this.frames = 0;
    for (const segment of segments) {
      this.starts.push(this.frames);
      this.frames += segment.frames;
    }
  }

  at(frame) {
    const place = clamp(frame, 0, Math.max(0, this.frames - 1));
    let index = this.segments.length - 1;
    while (index > 0 && this.starts[index] > place) index -= 1;
    return { index, segment: this.segments[index] ?? null, frame: place - (this.starts[index] ?? 0) };
  }

  get ownStart() {
    return this.starts[this.own] ?? 0;
  }

  // What is played, half-open: all of a shot by itself, or a few seconds around it in the cut.
  get span() {
    if (this.segments.length < 2) return [0, this.frames];
    const around = Math.round(CONTEXT * this.rate);
    const end = this.ownStart + this.segments[this.own].frames;
    return [Math.max(0, this.ownStart - around), Math.min(this.frames, end + around)];
  }

  loopOf(cue) {
    if (!cue) return this.span;
    const from = this.ownStart + cue.frame;
    const [first, last] = this.segments.length < 2 ? [0, this.frames] : this.span;
    const low = Math.max(first, from - Math.round(PRE_ROLL * this.rate));
    return [low, Math.min(last, from + cue.frames + Math.round(POST_ROLL * this.rate))];
  }
}
