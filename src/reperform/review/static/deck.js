// One piece of the programme ready to be shown: its picture A and its picture B, at the same frame.

import { el } from "./dom.js";
import { Feed } from "./feed.js";

export class Deck {
  constructor(place, onShown) {
    this.segment = null;
    const made = () => {
      const video = el("video", { muted: true, playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" });
      video.muted = true;
      place.append(video);
      return new Feed(video, (feed) => onShown(this, feed));
    };
    this.a = made();
    this.b = made();
  }

  load(segment, rate, frame) {
    this.segment = segment;
    this.a.load(segment.a, segment.frames, rate, frame);
    this.b.load(segment.b === segment.a ? null : segment.b, segment.frames, rate, frame);
  }

  // The picture of a side; A and B are one where the clip has only itself.
  feed(side) {
    return side === "b" && this.segment && this.segment.b !== this.segment.a ? this.b : this.a;
  }

  get feeds() {
    return [this.a, this.b].filter((feed) => feed.url);
  }

  seek(frame) {
    this.feeds.forEach((feed) => feed.seek(frame));
  }

  play(speed) {
    this.feeds.forEach((feed) => feed.play(speed));
  }

  hold() {
    this.feeds.forEach((feed) => feed.hold());
  }

  follow(place, speed) {
    this.feeds.forEach((feed) => feed.follow(place, speed));
  }

  keep(is) {
    [this.a, this.b].forEach((feed) => {
      feed.keep = is;
      if (!is) feed.kept = [];
    });
  }

  // The newest frame that both sides can show; null where they have none in common.
  get common() {
    const [a, b] = [this.feed("a").numbers, this.feed("b").numbers];
    const both = a.filter((number) => b.includes(number));
    return both.length ? Math.max(...both) : null;
  }
}
