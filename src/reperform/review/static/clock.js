// The one clock that pictures and sound go by: where the programme is, in frames, at a moment of the page's time.

export class Clock {
  constructor() {
    this.rate = 24;
    this.stop(0);
  }

  start(frame, speed, now = performance.now()) {
    this.from = frame;
    this.since = now;
    this.speed = speed;
  }

  stop(frame) {
    this.from = frame;
    this.since = 0;
    this.speed = 0;
  }

  // A whole frame is on for as long as the place is in [frame, frame + 1).
  place(now = performance.now()) {
    return this.speed ? this.from + ((now - this.since) / 1000) * this.rate * this.speed : this.from;
  }

  when(frame) {
    return this.since + ((frame - this.from) * 1000) / (this.rate * this.speed);
  }
}
