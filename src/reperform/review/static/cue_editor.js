// Asking for a cue again with another direction: first what it would cost, then a clear yes, and only then is anything sent.

import { say } from "./announcer.js";
import { el, find } from "./dom.js";
import { words } from "./cut.js";
import { Wheel } from "./wheel.js";
import * as wire from "./wire.js";

export class CueEditor {
  constructor(cut) {
    this.cut = cut;
    this.dialog = find("#ask");
    this.form = find("#ask-form");
    this.wheel = new Wheel(find("#wheel"), () => this.changed());
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    find("#ask-cost").addEventListener("click", () => this.price());
    find("#ask-yes").addEventListener("click", () => this.yes());
    find("#ask-no").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.withdraw());
  }

  open(shot, cue) {
    this.shot = shot;
    this.cue = cue;
    this.given = direction(cue, shot);
    find("#ask-shot").textContent = `${shot.clip}, ${this.cut.recordTimecode(shot.record_frame + cue.frame)}${cue.character ? `, ${cue.character}` : ""}`;
    this.fields();
    this.engines();
    this.changed();
    this.dialog.showModal();
    this.wheel.place.querySelector("[tabindex='0']")?.focus();
  }

  fields() {
    const form = this.form.elements;
    const { emotion, region, temperature, line, voice } = this.given;
    [...form.region].find((one) => one.value === (region ?? "")).checked = true;
    form.warm.checked = temperature !== null && temperature !== undefined;
    form.temperature.value = String(temperature ?? 0.5);
    form.line.value = line ?? "";
    form.voice.value = voice ?? "";
    this.wheel.set(emotion ?? null, temperature);
  }

  engines() {
    const used = this.shot.versions.filter((version) => version.engine);
    const known = this.cut.data.engines ?? [];
    const all = [...new Map([...known, ...used].map((one) => [keyOf(one), one])).values()];
    const last = used.at(-1);
    const options = all.map((one) => el("option", { value: keyOf(one), text: [...new Set([one.engine, one.model])].filter(Boolean).join(" ") }));
    const select = this.form.elements.engine;
    select.replaceChildren(el("option", { value: "", text: "as this project has it" }), ...options);
    select.value = last ? keyOf(last) : "";
  }

  wanted() {
    const form = this.form.elements;
    const wanted = { ...this.given };
    give(wanted, "emotion", this.wheel.value);
    give(wanted, "region", form.region.value);
    give(wanted, "temperature", form.warm.checked ? Number(form.temperature.value) : null);
    give(wanted, "line", form.line.value.trim());
    give(wanted, "voice", form.voice.value.trim());
    const [engine, model] = form.engine.value ? JSON.parse(form.engine.value) : [null, null];
    return { shot: this.shot.id, cue: this.cue.id, direction: wanted, engine, model };
  }

  // Whatever changes, the price is not known any more, and nothing can be agreed to.
  changed() {
    this.withdraw();
    const form = this.form.elements;
    form.temperature.disabled = !form.warm.checked;
    const warm = form.warm.checked ? Number(form.temperature.value) : null;
    find("#warmth").textContent = form.warm.checked ? warm.toFixed(2) : "the model’s own";
    this.wheel.set(this.wheel.value, warm);
    find("#ask-words").textContent = words(this.wanted().direction) || "as the picture";
    find("#ask-answer").replaceChildren();
    find("#ask-yes").hidden = true;
    find("#ask-cost").hidden = false;
    find("#ask-cost").disabled = false;
  }

  async price() {
    const wanted = this.wanted();
    find("#ask-cost").disabled = true;
    find("#ask-answer").replaceChildren(el("p", { class: "faint", text: "Asking what it would cost…" }));
    try {
      const answer = await wire.ask(wanted);
      if (JSON.stringify(wanted) !== JSON.stringify(this.wanted()) || !this.dialog.open) {
        if (answer.id) wire.withdraw(answer.id).catch(() => {});
        return;
      }
      this.offer(answer);
    } catch (error) {
      find("#ask-cost").disabled = false;
      this.problem([error]);
    }
  }

  offer(answer) {
    this.offered = answer;
    const blocked = !answer.id || (answer.problems ?? []).some((problem) => problem.severity === "error");
    const cost = money(answer.cost, answer.currency);
    find("#ask-answer").replaceChildren(
      el("p", { class: "price" }, el("b", { text: cost }), ` ${answer.words ?? ""}`),
      ...(answer.problems ?? []).map(problemWords));
    if (blocked) return;
    find("#ask-yes").textContent = answer.cost ? `Yes, perform it for ${cost}` : "Yes, perform it";
    find("#ask-yes").hidden = false;
    find("#ask-cost").hidden = true;
    find("#ask-yes").focus();
  }

  async yes() {
    const { id } = this.offered;
    find("#ask-yes").disabled = true;
    try {
      await wire.agree(id);
      this.offered = null;
      this.dialog.close();
      say("It is being performed. The take appears here when it is done.");
    } catch (error) {
      this.problem([error]);
    } finally {
      find("#ask-yes").disabled = false;
    }
  }

  problem(errors) {
    find("#ask-answer").replaceChildren(...errors.map((error) => problemWords({ severity: "error", message: error.message, fix: error.fix })));
  }

  withdraw() {
    if (this.offered?.id) wire.withdraw(this.offered.id).catch(() => {});
    this.offered = null;
  }
}

const keyOf = (one) => JSON.stringify([one.engine, one.model ?? null]);

function direction(cue, shot) {
  if (cue.direction && typeof cue.direction === "object") return { ...cue.direction };
  return { ...(shot.versions.at(-1)?.direction ?? {}) };
}

function give(wanted, key, value) {
  if (value === null || value === "") delete wanted[key];
  else wanted[key] = value;
}

export function money(cost, currency = "USD") {
  if (cost === null || cost === undefined) return "Price unknown";
  const amount = Number(cost);
  if (!amount) return "Free";
  const sign = currency === "USD" || !currency ? "$" : `${currency} `;
  return `${sign}${amount.toFixed(amount < 0.1 ? 3 : 2)}`;
}

export function problemWords({ severity, where, message, fix }) {
  return el("p", { class: `problem ${severity ?? "warning"}` },
    el("i", { "aria-hidden": "true", text: severity === "error" ? "✕ " : "! " }),
    spot(where) && el("b", { text: `${spot(where)}: ` }), message, fix && el("span", { class: "faint", text: ` ${fix}` }));
}

// A problem's place: words, or what the server knows of it.
function spot(where) {
  if (!where || typeof where === "string") return where || "";
  return [where.clip, where.timecode ?? where.record].filter(Boolean).join(", ");
}
