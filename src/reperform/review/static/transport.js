// The buttons under the picture and above it. Each does what a key does; its title says which.

import { each, find, keepFocus } from "./dom.js";

const SHUTTLES = { "-1": "◀", 1: "▶" };

export class Transport {
  constructor(player, viewer, acts) {
    this.player = player;
    this.viewer = viewer;
    each("[data-act]", (button) => {
      keepFocus(button);
      button.addEventListener("click", () => acts[button.dataset.act]?.());
    });
    each("[data-mode]", (button) => {
      keepFocus(button);
      button.addEventListener("click", () => acts.mode(button.dataset.mode));
    });
    find("#hears").addEventListener("change", (event) => (player.hears = event.target.value));
    find("#wipe").addEventListener("input", (event) => player.wipeAt(Number(event.target.value) / 100));
    this.wipeByHand();
    player.addEventListener("changed", () => this.show());
    viewer.addEventListener("changed", () => this.show());
  }

  wipeByHand() {
    const canvas = this.player.picture.canvas;
    const move = (event) => {
      if (this.player.mode !== "wipe" || !(event.buttons & 1)) return;
      const box = canvas.getBoundingClientRect();
      const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      find("#wipe").value = String(part * 100);
      this.player.wipeAt(part);
    };
    canvas.addEventListener("pointerdown", move);
    canvas.addEventListener("pointermove", move);
  }

  show() {
    const { player, viewer } = this;
    const plays = player.speed !== 0;
    pressed("#play", plays);
    find("#play").setAttribute("aria-label", plays ? "Stop" : "Play");
    find("#play use").setAttribute("href", plays ? "#i-pause" : "#i-play");
    find("#speed").textContent = plays ? `${SHUTTLES[Math.sign(player.speed)]} ${Math.abs(player.speed)}×` : "";
    pressed("#loop", viewer.looping);
    pressed("#context", viewer.inContext);
    pressed("#flip", player.side === "b");
    each("[data-mode]", (button) => button.setAttribute("aria-pressed", String(button.dataset.mode === player.mode)));
    find("#wipe").hidden = player.mode !== "wipe";
    find("#hears").value = player.hears;
  }
}

const pressed = (selector, is) => find(selector).setAttribute("aria-pressed", String(is));
