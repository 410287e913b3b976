// Sound by the page's one clock: decoded whole, so that it starts at the sample and not somewhere near it.

import { getWhenReady, pause } from "./wire.js";

const KEPT = 12;
const LOOSE = 0.04; // seconds that sound may be off the clock before it is set right
const RAMP = 0.004;

export class Sound {
  constructor() {
    this.context = null;
    this.buffers = new Map();
    this.playing = null;
  }

  // Browsers give sound only to a page that a person has touched.
  wake() {
    this.context ??= new AudioContext({ latencyHint: "interactive" });
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  load(url) {
    if (!url || this.buffers.has(url)) return;
    if (this.buffers.size >= KEPT) this.buffers.delete(this.buffers.keys().next().value);
    this.buffers.set(url, null); // what there is none of is not asked for again at every frame
    getWhenReady(url, "arrayBuffer", () => this.buffers.has(url))
      .then((bytes) => (bytes ? new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes) : null))
      .then((buffer) => this.buffers.has(url) && this.buffers.set(url, buffer))
      .catch(() => pause(1).then(() => this.buffers.delete(url)));
  }

  // `seconds` into the sound, now. Asked for again and again while it plays; it is begun anew only where it is off.
  follow(url, seconds, speed) {
    this.load(url);
    const buffer = this.buffers.get(url);
    if (!this.context || !buffer || speed <= 0 || seconds < 0 || seconds >= buffer.duration) {
      this.stop();
      return;
    }
    const on = this.playing;
    const heard = on ? on.offset + (this.context.currentTime - on.at) * on.speed : 0;
    if (on && on.url === url && on.speed === speed && Math.abs(heard - seconds) < LOOSE * speed) return;
    this.stop();
    this.begin(url, buffer, seconds, speed);
  }

  begin(url, buffer, seconds, speed) {
    const source = this.context.createBufferSource();
    const ramp = this.context.createGain();
    const at = this.context.currentTime;
    source.buffer = buffer;
    source.playbackRate.value = speed;
    source.connect(ramp).connect(this.context.destination);
    ramp.gain.setValueAtTime(0, at);
    ramp.gain.linearRampToValueAtTime(1, at + RAMP);
    source.start(at, seconds);
    this.playing = { url, source, ramp, at, offset: seconds, speed };
  }

  stop() {
    const on = this.playing;
    if (!on) return;
    const now = this.context.currentTime;
    on.ramp.gain.setTargetAtTime(0, now, RAMP / 2);
    on.source.stop(now + RAMP * 4);
    this.playing = null;
  }
}
