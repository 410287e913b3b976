// The player: one deck is shown and one stands by for the next piece, and one clock is what all of them follow.

import { Clock } from "./clock.js";
import { clamp } from "./dom.js";
import { Programme } from "./programme.js";
import { Screen } from "./screen.js";
import { Sound } from "./sound.js";

const FASTEST = 8;
const HEARD_UP_TO = 2;

export class Player extends Screen {
  constructor(place, canvas) {
    super(place, canvas);
    this.sound = new Sound();
    this.clock = new Clock();
    this.programme = new Programme({ rate: 24 }, [], 0);
    this.hears = "picture";
    this.loop = null; // half-open [from, to) while it loops
    this.starting = false;
  }

  get span() {
    return this.loop ?? this.programme.span;
  }

  // Another programme at one of its frames. It goes on playing if `keep` says so.
  show(programme, frame, keep = false) {
    const speed = keep ? this.speed : 0;
    if (this.speed) this.halt();
    this.programme = programme;
    this.clock.rate = programme.rate;
    this.loop = null;
    this.seek(frame);
    if (speed) this.play(speed);
    this.tell("changed");
  }

  seek(frame) {
    if (!this.programme.segments.length) return;
    if (this.speed > 0) this.halt();
    this.goto(frame);
  }

  goto(frame) {
    const at = this.programme.at(frame);
    this.place = this.programme.starts[at.index] + at.frame;
    this.start = this.programme.starts[at.index];
    this.live.load(at.segment, this.programme.rate, at.frame);
    this.draw();
  }

  step(frames) {
    if (this.speed) this.stop();
    this.seek(clamp(this.place + frames, 0, this.programme.frames - 1));
  }

  play(speed = 1) {
    if (!this.programme.segments.length) return;
    this.sound.wake();
    const [from, to] = this.span;
    const outside = this.place < from || this.place >= (speed > 0 ? to - 1 : to);
    if (speed > 0 && outside) this.goto(from);
    if (speed < 0 && (this.place <= from || this.place > to)) this.goto(to - 1);
    this.speed = speed;
    this.clock.start(this.place + (speed > 0 ? 0.5 : 0.99), speed);
    this.live.keep(this.mode !== "single");
    if (speed > 0) this.begin(speed);
    else this.live.hold();
    this.run();
    this.tell("changed");
  }

  begin(speed) {
    this.starting = true;
    this.began = performance.now();
    this.live.play(speed);
    this.makeReady();
  }

  toggle() {
    if (this.speed) this.stop();
    else this.play(1);
  }

  // L again and again is faster; J is the same backwards; each first brings the other to a stand.
  shuttle(direction) {
    const same = Math.sign(this.speed) === direction;
    const speed = same ? clamp(this.speed * 2, -FASTEST, FASTEST) : direction;
    if (this.speed) this.halt();
    this.play(speed);
  }

  stop() {
    if (!this.speed) return;
    this.halt();
    this.goto(this.place);
    this.tell("changed");
  }

  halt() {
    this.speed = 0;
    this.clock.stop(this.place);
    this.decks.forEach((deck) => deck.hold());
    this.live.keep(false);
    this.sound.stop();
  }

  run() {
    if (this.running) return;
    this.running = true;
    const tick = (now) => {
      if (!this.speed) {
        this.running = false;
        return;
      }
      if (this.speed > 0) this.forward(now);
      else this.backward(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  forward(now) {
    if (this.starting && !this.started(now)) return;
    const end = this.end;
    const place = this.clock.place(now);
    if (place >= end) {
      this.turn(end, now);
      return;
    }
    this.live.follow(place - this.start, this.speed);
    if (["none", "failed"].includes(this.status)) this.tellPlace(Math.floor(place));
    this.hear(place);
  }

  // The clock waits for the first moving picture: sound must not run ahead of it.
  started(now) {
    const feed = this.live.feed(this.side);
    const at = feed.video.currentTime * this.programme.rate + this.start;
    const moves = feed.state === "ready" && !feed.busy && at > this.place + 0.52;
    if (feed.state === "waiting" || (!moves && feed.state === "ready" && now - this.began < 1000)) {
      if (feed.state === "ready" && feed.video.paused && !feed.busy) this.live.play(this.speed);
      return false;
    }
    this.starting = false;
    this.clock.start(moves ? at : this.place, this.speed, now);
    return true;
  }

  backward(now) {
    const [from, to] = this.span;
    const place = Math.floor(this.clock.place(now));
    if (place >= from) {
      if (place !== this.place) this.goto(place);
      return;
    }
    if (!this.loop) {
      this.halt();
      this.goto(from);
      this.tell("changed");
      return;
    }
    this.clock.start(to - 0.01, this.speed, now);
  }

  // The programme's frame at which the live piece is over.
  get end() {
    return Math.min(this.span[1], this.start + (this.live.segment?.frames ?? 0));
  }

  // Where it goes on after that: over the cut, back to the loop's beginning, or nowhere.
  get after() {
    if (this.end < this.span[1]) return this.end;
    return this.loop ? this.loop[0] : null;
  }

  makeReady() {
    const after = this.after;
    if (after === null || this.speed <= 0) return;
    const at = this.programme.at(after);
    this.standby.load(at.segment, this.programme.rate, at.frame);
    this.sound.load(this.soundOf(at.segment));
  }

  turn(end, now) {
    const after = this.after;
    if (after === null) {
      this.halt();
      this.goto(end - 1);
      this.tell("changed");
      return;
    }
    const feed = this.standby.feed(this.side);
    if (feed.url && feed.state !== "failed" && !feed.isThere) {
      this.sound.stop();
      this.clock.start(end, this.speed, now);
      return;
    }
    this.cut(after, Math.min(now, Math.max(this.clock.when(end), now - 40)));
  }

  // From this piece to the one standing by, within one frame of the screen.
  cut(place, when) {
    this.live.hold();
    this.live.keep(false);
    this.decks.reverse();
    const at = this.programme.at(place);
    this.start = this.programme.starts[at.index];
    this.place = place;
    this.clock.start(place, this.speed, when);
    this.draw();
    this.live.keep(this.mode !== "single");
    this.live.play(this.speed);
    this.makeReady();
    this.tell("changed");
  }

  setLoop(range) {
    this.loop = range;
    if (this.speed) this.makeReady();
    this.tell("changed");
  }

  hear(place) {
    const url = this.speed <= HEARD_UP_TO ? this.soundOf(this.live.segment) : null;
    if (url) this.sound.follow(url, (place - this.start) / this.programme.rate, this.speed);
    else this.sound.stop();
  }

  soundOf(segment) {
    const { a, b } = segment.versions;
    const original = segment.shot?.versions[0]?.sound ?? segment.clip?.sound ?? null;
    if (this.hears === "none") return null;
    if (this.hears === "original") return original;
    if (this.hears === "voice") return segment.shot?.voice?.sound ?? null;
    if (this.hears === "take") return (b ?? a)?.sound ?? original;
    return (this.side === "b" ? b : a)?.sound ?? original;
  }
}
