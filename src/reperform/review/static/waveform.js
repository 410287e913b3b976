// The sound under the picture, with the cues in their places, the loop, and the frame that is shown. It is also where one scrubs.

import { words } from "./cut.js";
import { clamp } from "./dom.js";
import { getWhenReady, pause } from "./wire.js";

const CUES = 20; // pixels of the cues' lane, at the top
const NAMES = 14;

export class Waveform {
  constructor(canvas, player) {
    this.canvas = canvas;
    this.player = player;
    this.waves = new Map();
    this.context = canvas.getContext("2d");
    this.cue = null;
    new ResizeObserver(() => this.draw()).observe(canvas);
    window.addEventListener("themechange", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    player.addEventListener("shown", () => this.soon());
    player.addEventListener("changed", () => this.soon());
    this.listen();
  }

  listen() {
    const scrub = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const part = clamp((event.clientX - box.left) / box.width, 0, 1);
      this.player.seek(Math.min(this.player.programme.frames - 1, Math.floor(part * this.player.programme.frames)));
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      scrub(event);
    });
    this.canvas.addEventListener("pointermove", (event) => event.buttons & 1 && this.canvas.hasPointerCapture(event.pointerId) && scrub(event));
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  wave(url) {
    if (!url) return null;
    if (!this.waves.has(url)) {
      if (this.waves.size > 60) this.waves.delete(this.waves.keys().next().value);
      this.waves.set(url, null);
      getWhenReady(url, "json").then((wave) => {
        this.waves.set(url, wave);
        this.soon();
      }).catch(() => pause(1).then(() => this.waves.delete(url)));
    }
    return this.waves.get(url);
  }

  draw() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * scale);
    this.canvas.height = Math.round(box.height * scale);
    const context = this.context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const style = getComputedStyle(this.canvas);
    const colour = (name) => style.getPropertyValue(name).trim();
    const programme = this.player.programme;
    const across = box.width / Math.max(1, programme.frames);
    programme.segments.forEach((segment, index) => {
      const left = programme.starts[index] * across;
      this.segment(segment, { left, width: segment.frames * across, height: box.height, colour, own: index === programme.own, many: programme.segments.length > 1 });
    });
    this.over(box, across, colour);
  }

  segment(segment, { left, width, height, colour, own, many }) {
    const context = this.context;
    const top = CUES;
    const lane = (height - CUES) / 2;
    context.fillStyle = colour(own ? "--lane" : "--lane-other");
    context.fillRect(left, top, width - (many ? 1 : 0), height - top);
    this.lane(this.wave(segment.versions.a?.wave ?? segment.clip?.wave), left, top, width, lane, colour("--wave-original"), own);
    const voice = segment.versions.b?.wave && segment.versions.b !== segment.versions.a ? segment.versions.b.wave : segment.shot?.voice?.wave;
    this.lane(this.wave(voice), left, top + lane, width, lane, colour("--wave-voice"), own);
    context.fillStyle = colour("--line");
    context.fillRect(left, Math.round(top + lane), width, 1);
    if (many && width > 40) this.name(segment.name, left, height, width, colour("--faint"));
    for (const cue of segment.shot?.cues ?? []) this.drawCue(cue, segment, left, width, colour, own);
  }

  lane(wave, left, top, width, height, ink, own) {
    if (!wave?.peaks?.length) return;
    const context = this.context;
    const middle = top + height / 2;
    const peaks = wave.peaks;
    context.globalAlpha = own ? 1 : 0.45;
    context.fillStyle = ink;
    const most = Math.max(0.05, this.loudest(wave));
    for (let x = 0; x < width; x += 1) {
      const from = Math.floor((x / width) * peaks.length);
      const to = Math.max(from + 1, Math.floor(((x + 1) / width) * peaks.length));
      let peak = 0;
      for (let place = from; place < to && place < peaks.length; place += 1) peak = Math.max(peak, peaks[place]);
      const tall = Math.max(0.5, (Math.sqrt(peak / most) * (height - 6)) / 2);
      context.fillRect(left + x, middle - tall, 1, tall * 2);
    }
    context.globalAlpha = 1;
  }

  loudest(wave) {
    wave.loudest ??= wave.peaks.reduce((most, peak) => Math.max(most, peak), 0);
    return wave.loudest;
  }

  name(text, left, height, width, ink) {
    this.words(text, left + 5, height - 4, width - 8, ink, "10px");
  }

  words(text, left, bottom, width, ink, size = "11px") {
    const context = this.context;
    context.save();
    context.beginPath();
    context.rect(left, bottom - NAMES, Math.max(0, width), NAMES + 4);
    context.clip();
    context.fillStyle = ink;
    context.font = `500 ${size} ${getComputedStyle(this.canvas).fontFamily}`;
    context.fillText(text, left, bottom);
    context.restore();
  }

  drawCue(cue, segment, left, width, colour, own) {
    const context = this.context;
    const each = width / segment.frames;
    const from = left + cue.frame * each;
    const wide = Math.max(2, cue.frames * each);
    context.fillStyle = colour("--cue-wash");
    context.fillRect(from, CUES, wide, this.canvas.clientHeight - CUES);
    context.fillStyle = colour(own ? "--cue" : "--cue-other");
    context.fillRect(from, 2, wide, CUES - 4);
    this.words([cue.character, words(cue.direction) || cue.text].filter(Boolean).join(" · "), from + 6, CUES - 6, wide - 8, colour("--cue-ink"));
  }

  over(box, across, colour) {
    const context = this.context;
    const { loop, programme, shown } = this.player;
    if (loop) {
      context.fillStyle = colour("--loop");
      context.fillRect(loop[0] * across, box.height - 3, (loop[1] - loop[0]) * across, 3);
      context.fillStyle = colour("--shade");
      context.fillRect(0, CUES, loop[0] * across, box.height);
      context.fillRect(loop[1] * across, CUES, (programme.frames - loop[1]) * across, box.height);
    }
    if (!shown || !programme.frames) return;
    const left = shown.place * across;
    context.fillStyle = colour("--playhead-wash");
    context.fillRect(left, 0, Math.max(1, across), box.height);
    context.fillStyle = colour("--playhead");
    context.fillRect(Math.round(left), 0, 1.5, box.height);
  }
}
