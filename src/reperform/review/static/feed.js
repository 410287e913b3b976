// A video whose frames are known by their numbers. The proxies are all-intra, so a seek to the middle of a frame is that frame.

import { clamp } from "./dom.js";
import { whenReady } from "./wire.js";

const KEPT = 6;
const SLACK = 0.6; // frames a picture may be off the clock before it is hurried or held
const FAR = 5; // frames off the clock from where it is sought instead
const AGAIN = 2000; // milliseconds until a video that could not be had is asked for again

export class Feed {
  constructor(video, onShown) {
    this.video = video;
    this.onShown = onShown;
    this.keep = false;
    this.kept = [];
    this.watch();
    video.addEventListener("seeked", () => this.arrived());
    video.addEventListener("error", () => this.url && this.fail());
    this.clear();
  }

  clear() {
    this.url = null;
    this.shown = null; // the number of the frame that the video shows; null before there is one
    this.wanted = null;
    this.busy = false;
    this.exact = false; // whether it was sought: a picture that was met while playing may have gone on before it was stopped
    this.state = "empty"; // empty, waiting, ready, failed
    this.kept = [];
  }

  async load(url, frames, rate, at) {
    if (url === this.url && !this.isWorthATry) {
      if (at !== null) this.seek(at);
      return;
    }
    this.video.pause();
    this.video.removeAttribute("src");
    this.clear();
    this.video.load();
    Object.assign(this, { url, frames, rate, wanted: at ?? 0, state: url ? "waiting" : "empty" });
    if (!url) return;
    const there = await whenReady(url, () => this.url === url);
    if (this.url !== url) return;
    if (!there) {
      this.fail();
      return;
    }
    this.video.src = url;
    this.video.addEventListener("loadeddata", () => this.url === url && this.opened(), { once: true });
    this.video.load();
  }

  get isWorthATry() {
    return this.state === "failed" && performance.now() - this.failedAt > AGAIN;
  }

  opened() {
    this.state = "ready";
    this.go();
    this.onShown(this);
  }

  fail() {
    this.state = "failed";
    this.failedAt = performance.now();
    this.onShown(this);
  }

  seek(frame) {
    this.wanted = clamp(frame, 0, Math.max(0, (this.frames ?? 1) - 1));
    if (this.state === "ready" && !this.busy) this.go();
  }

  go() {
    if (this.exact && this.shown === this.wanted && this.video.paused) return;
    this.busy = true;
    this.exact = false;
    this.going = this.wanted;
    this.video.currentTime = (this.wanted + 0.5) / this.rate;
  }

  arrived() {
    if (!this.busy) return;
    this.busy = false;
    if (!this.video.paused) return;
    this.exact = true;
    this.show(this.going);
  }

  get isThere() {
    if (this.state !== "ready" || this.shown === null) return false;
    return this.wanted === null || (this.exact && this.shown === this.wanted);
  }

  play(speed) {
    if (this.state !== "ready") return;
    this.wanted = null;
    this.exact = false;
    this.video.playbackRate = speed;
    this.video.play().catch(() => {});
  }

  hold() {
    this.video.pause();
    this.kept = [];
  }

  // Hurry or hold the picture by what it is off the clock; `place` is where the clock has it, in this video's frames.
  follow(place, speed) {
    if (this.state !== "ready" || this.busy) return;
    if (this.video.paused) {
      this.join(place, speed);
      return;
    }
    const off = place - (this.shown + 0.5);
    if (Math.abs(off) > FAR * Math.max(1, speed) && place < this.frames) {
      this.busy = true;
      this.going = Math.floor(place);
      this.video.currentTime = (clamp(this.going, 0, this.frames - 1) + 0.5) / this.rate;
      return;
    }
    const hurry = Math.abs(off) > SLACK ? clamp(off * 0.1, -0.3, 0.3) : 0;
    this.video.playbackRate = clamp(speed * (1 + hurry), 0.0625, 16);
  }

  // A picture that became ready while the others play already.
  join(place, speed) {
    if (place >= this.frames - 1) return;
    this.busy = true;
    this.going = Math.floor(place) + 1;
    this.video.currentTime = (this.going + 0.5) / this.rate;
    this.play(speed);
  }

  watch() {
    const video = this.video;
    if (!video.requestVideoFrameCallback) {
      const look = () => {
        if (this.state === "ready" && !video.paused) this.show(Math.floor(video.currentTime * this.rate + 1e-4));
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      return;
    }
    const presented = (now, of) => {
      if (this.rate && this.url && this.state === "ready") this.show(Math.round(of.mediaTime * this.rate));
      video.requestVideoFrameCallback(presented);
    };
    video.requestVideoFrameCallback(presented);
  }

  show(number) {
    this.shown = clamp(number, 0, this.frames - 1);
    if (this.video.paused && !this.busy && this.wanted !== null && this.shown !== this.wanted) this.go();
    if (this.keep && !this.video.paused) this.store();
    this.onShown(this);
  }

  // The last few pictures, so that two videos can be laid over each other at the same frame while they play.
  store() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const old = this.kept.length >= KEPT ? this.kept.shift().canvas : document.createElement("canvas");
    if (old.width !== width || old.height !== height) Object.assign(old, { width, height });
    old.getContext("2d").drawImage(this.video, 0, 0);
    this.kept.push({ number: this.shown, canvas: old });
  }

  pictureOf(number) {
    if (this.kept.length) return this.kept.find((one) => one.number === number)?.canvas ?? null;
    return this.shown === number && (this.exact || !this.video.paused) ? this.video : null;
  }

  get numbers() {
    return this.kept.length ? this.kept.map((one) => one.number) : this.shown === null ? [] : [this.shown];
  }
}
