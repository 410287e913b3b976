// The page: its parts, and what their keys and buttons do.

import { say, sayError } from "./announcer.js";
import { CueEditor } from "./cue_editor.js";
import { Cut } from "./cut.js";
import { Decisions } from "./decisions.js";
import { each, find } from "./dom.js";
import { Events } from "./events.js";
import { Head } from "./head.js";
import * as keyboard from "./keyboard.js";
import { List } from "./list.js";
import { MODES } from "./picture.js";
import { Player } from "./player.js";
import { Strip } from "./strip.js";
import { startTheme } from "./theme.js";
import { Transport } from "./transport.js";
import { Viewer } from "./viewer.js";
import { Waveform } from "./waveform.js";
import * as wire from "./wire.js";

const HEARS = ["picture", "original", "voice", "take", "none"];

const cut = new Cut();
const player = new Player(find("#feeds"), find("#picture"));
const head = new Head(cut);
const strip = new Strip(cut, player);
const list = new List(cut);
const viewer = new Viewer(cut, player);
const editor = new CueEditor(cut);
const decisions = new Decisions(cut, viewer, (shot, cue) => editor.open(shot, cue));
const waveform = new Waveform(find("#wave"), player);
const events = new Events(cut, head);

const acts = {
  play: () => player.toggle(),
  stop: () => player.stop(),
  forward: () => player.shuttle(1),
  backward: () => player.shuttle(-1),
  frameBack: () => player.step(-1),
  frameOn: () => player.step(1),
  secondBack: () => player.step(-Math.round(cut.rate)),
  secondOn: () => player.step(Math.round(cut.rate)),
  first: () => player.seek(player.programme.ownStart),
  last: () => player.seek(player.programme.ownStart + (cut.current ?? cut.currentClip).frames - 1),
  cueIn: () => viewer.toCue("in"),
  cueOut: () => viewer.toCue("out"),
  loop: () => viewer.loop(!viewer.looping),
  context: () => viewer.context(!viewer.inContext),
  flip: () => viewer.flip() ? say(`${player.side.toUpperCase()}: ${viewer.version?.label ?? ""}`, { seconds: 1.5 }) : say("There is nothing to compare with yet."),
  version: (number, side) => see(number, side),
  mode: (mode) => player.compare(mode),
  nextMode: () => player.compare(MODES[(MODES.indexOf(player.mode) + 1) % MODES.length]),
  side: () => player.compare(player.mode === "side" ? "single" : "side"),
  wipe: () => player.compare(player.mode === "wipe" ? "single" : "wipe"),
  difference: () => player.compare(player.mode === "difference" ? "single" : "difference"),
  hear: () => hear(HEARS[(HEARS.indexOf(player.hears) + 1) % HEARS.length]),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : find("#viewer").requestFullscreen()),
  circle: () => decisions.circle(),
  reject: () => decisions.reject(),
  note: () => find("#note").focus(),
  ask: () => viewer.cue && editor.open(cut.current, viewer.cue),
  undo: () => decisions.undo(),
  redo: () => decisions.redo(),
  save: () => head.save(),
  previous: () => go(-1),
  next: () => go(1),
  find: () => find("#filter").focus(),
  help: () => find("#help").showModal(),
};

function see(number, side) {
  const version = cut.current?.versions[number];
  if (version) viewer.compare(version.id, side ?? undefined);
}

function hear(what) {
  player.hears = what;
  find("#hears").value = what;
  say(`Sound: ${find("#hears").selectedOptions[0].textContent}`, { seconds: 2 });
}

function go(step) {
  const shot = cut.neighbour(step);
  if (shot) cut.look({ shot: shot.id });
  else say(step > 0 ? "This is the last shot." : "This is the first shot.", { seconds: 2 });
}

function scrubKeys() {
  find("#scrub").addEventListener("keydown", (event) => {
    const act = { ArrowDown: "frameBack", ArrowUp: "frameOn", PageDown: "secondBack", PageUp: "secondOn" }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    acts[act]();
  });
}

async function start() {
  new Transport(player, viewer, acts);
  startTheme(find("#theme"));
  find("#keys").replaceChildren(...keyboard.page());
  each("dialog", (dialog) => dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()));
  each("[data-close]", (button) => button.addEventListener("click", () => button.closest("dialog").close()));
  keyboard.listen(acts);
  scrubKeys();
  document.addEventListener("pointerdown", () => player.sound.wake(), { once: true });
  try {
    cut.load(await wire.getCut());
  } catch (error) {
    sayError(error);
    head.connection(false, [error.message, error.fix].filter(Boolean).join(" "));
  }
  performance.mark("strip");
  if (cut.data) lookAtFirst();
  document.body.dataset.loaded = "yes";
  events.listen();
}

function lookAtFirst() {
  const asked = new URLSearchParams(location.search).get("shot");
  const first = cut.shots.get(asked) ?? cut.data.shots[0];
  if (first) cut.look({ shot: first.id });
  else if (cut.data.clips.length) cut.look({ clip: cut.data.clips[0].index });
}

window.addEventListener("beforeunload", (event) => {
  if (find("#note").value.trim()) event.preventDefault();
});

start();

export { acts, cut, list, player, strip, viewer, waveform };
