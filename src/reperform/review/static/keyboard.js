// Every key in one place: what it does, and how the page says so. Keys that a field or a button needs are left to it.

import { el } from "./dom.js";

export const KEYS = [
  ["Player", [
    ["Space", "play", "Play, stop"], ["J", "backward", "Backward; again is faster"], ["K", "stop", "Stop"], ["L", "forward", "Forward; again is faster"],
    ["←", "frameBack", "One frame back"], ["→", "frameOn", "One frame on"], ["Shift+←", "secondBack", "A second back"], ["Shift+→", "secondOn", "A second on"],
    ["I", "cueIn", "In of the cue"], ["O", "cueOut", "Out of the cue"], ["Home", "first", "First frame"], ["End", "last", "Last frame"],
    ["P", "loop", "Loop the cue, with pre-roll"], ["T", "context", "Play it in its place in the cut"], ["M", "hear", "Next sound: as seen, original, voice, take, none"],
  ]],
  ["Compare", [
    ["A", "flip", "A or B, at the same frame"], ["0", "see0", "The original"], ["1 – 9", "see", "Take 1 to 9 as B"], ["Shift+1 – 9", "seeA", "Take 1 to 9 as A"],
    ["V", "nextMode", "Next way to compare"], ["S", "side", "Side by side"], ["W", "wipe", "Wipe"], ["D", "difference", "Difference"], ["F", "full", "Full screen"],
  ]],
  ["Decide", [
    ["C", "circle", "Circle what is seen"], ["R", "reject", "Reject what is seen"], ["N", "note", "Note at this frame"], ["E", "ask", "Ask again, another way"],
    ["Ctrl+Z", "undo", "Undo"], ["Ctrl+Shift+Z", "redo", "Redo"], ["Ctrl+S", "save", "Save into the timeline"],
  ]],
  ["Go", [["↑", "previous", "Shot before"], ["↓", "next", "Next shot"], ["/", "find", "Find a shot"], ["?", "help", "These keys"]]],
];

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const BOUND = new Map(KEYS.flatMap(([, keys]) => keys.map(([key, act]) => [key, act])));
const OFTEN = new Set(["frameBack", "frameOn", "secondBack", "secondOn"]); // a key held down repeats these

export function listen(acts) {
  let held = false; // K held down makes J and L single frames
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || isTyping(event)) return;
    const key = nameOf(event);
    if (key === "K") held = true;
    const act = held && key === "J" ? "frameBack" : held && key === "L" ? "frameOn" : BOUND.get(key);
    const digit = /^(Shift\+)?Digit(\d)$/.exec(`${event.shiftKey ? "Shift+" : ""}${event.code}`);
    if (digit && !modified(event)) {
      event.preventDefault();
      acts.version(Number(digit[2]), digit[1] ? "a" : null);
      return;
    }
    if (!act || !acts[act] || needsKey(event)) return;
    event.preventDefault();
    if (!event.repeat || OFTEN.has(act)) acts[act]();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() === "k") held = false;
  });
}

function nameOf(event) {
  const key = NAMES[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  if (event.key === "?" || event.key === "/") return key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${key}`;
}

const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;

function isTyping(event) {
  const { target } = event;
  if (target.matches?.("textarea, select, [contenteditable]")) return true;
  return target.matches?.("input") && !["range", "checkbox", "radio"].includes(target.type);
}

// The space bar and Enter belong to a button that has the focus, arrows to a slider.
function needsKey(event) {
  if (modified(event)) return false;
  if (event.key === " " || event.key === "Enter") return Boolean(event.target.closest?.("button, [role=radio], a[href], input"));
  return event.key.startsWith("Arrow") && Boolean(event.target.closest?.("input[type=range], [role=radiogroup]"));
}

export function page() {
  return KEYS.map(([group, keys]) => el("section", {},
    el("h3", { text: group }),
    el("dl", {}, keys.flatMap(([key, , words]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text: words })]))));
}
