// What the player shows: the live deck's picture, or both of its pictures, on a canvas that only ever gets a frame whose number
// is known, so that the timecode beside it is that of the frame shown.

import { Deck } from "./deck.js";
import { Picture } from "./picture.js";

export class Screen extends EventTarget {
  constructor(place, canvas) {
    super();
    this.picture = new Picture(canvas);
    this.decks = [0, 1].map(() => new Deck(place, (deck, feed) => this.seen(deck, feed)));
    this.place = 0; // the frame that is wanted, or was shown last, in the programme's frames
    this.start = 0; // the programme's frame at which the live deck's segment begins
    this.shown = null;
    this.side = "a";
    this.mode = "single";
    this.speed = 0;
  }

  get live() {
    return this.decks[0];
  }

  get standby() {
    return this.decks[1];
  }

  seen(deck, feed) {
    if (deck === this.live) this.draw(feed);
    this.tell("status");
  }

  draw(feed = null) {
    const segment = this.live.segment;
    if (!segment) return;
    const paired = this.mode !== "single" && segment.b !== segment.a && segment.a && segment.b;
    if (paired) this.drawBoth();
    else if (!feed || feed === this.live.feed(this.side)) this.drawOne();
  }

  drawOne() {
    const feed = this.live.feed(this.side);
    if (feed.state !== "ready" || feed.shown === null) return;
    if (!(this.speed > 0) && !(feed.exact && feed.shown === this.place - this.start)) return;
    if (this.start + feed.shown >= this.end) return;
    this.picture.single(feed.video);
    this.drawn(feed.shown);
  }

  drawBoth() {
    const number = this.live.common;
    if (number === null || (!(this.speed > 0) && number !== this.place - this.start)) return;
    if (this.start + number >= this.end) return;
    if (this.speed > 0 && this.shown?.segment === this.live.segment && this.shown.frame === number) return;
    const [a, b] = ["a", "b"].map((side) => this.live.feed(side).pictureOf(number));
    if (!a || !b) return;
    this.picture.draw(this.mode, a, b);
    this.drawn(number);
  }

  drawn(number) {
    this.tellPlace(this.start + number);
    this.picture.canvas.dataset.frame = String(number);
    this.picture.canvas.dataset.side = this.mode === "single" ? this.side : this.mode;
  }

  tellPlace(place) {
    if (this.speed > 0) this.place = place;
    this.shown = { segment: this.live.segment, frame: place - this.start, place };
    this.tell("shown");
  }

  // ready, waiting (its proxy is being made), failed, or none (there is no media)
  get status() {
    const feed = this.live.feed(this.side);
    if (!this.live.segment) return "empty";
    if (!feed.url) return "none";
    return feed.state === "ready" && feed.shown === null ? "waiting" : feed.state;
  }

  turnTo(side) {
    this.side = side;
    this.draw();
    this.tell("changed");
    this.tell("status");
  }

  compare(mode) {
    this.mode = mode;
    this.live.keep(this.speed > 0 && mode !== "single");
    this.draw();
    this.tell("changed");
  }

  wipeAt(part) {
    this.picture.wipe = part;
    this.draw();
  }

  tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
}
