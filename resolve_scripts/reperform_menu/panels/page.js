"use strict";
// Draws what the script shows, and sends back what is pressed. Text goes in as text, never as markup.
const panel = document.getElementById("panel");
let view = null;
let read = {};      // key of a field -> its value now
let told = {};      // key of a field -> where its error is shown
let fits = [];      // each shows its field, or hides it
let over = false;

function make(tag, given, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "for" || name.startsWith("aria-") || name === "role" || name === "list") made.setAttribute(name, value);
    else if (value !== null && value !== undefined) made[name] = value;
  }
  made.append(...inside.filter((one) => one !== null));
  return made;
}

const draw = {
  choice(field, id) {
    const letters = field.choices.reduce((sum, one) => sum + one.label.length + 4, 0);
    return field.choices.length && letters <= 120 ? pills(field, id) : select(field, id);
  },
  number(field, id) {
    if (field.value !== null && isFew(field)) return steps(field, id);
    const bounds = { min: field.minimum ?? "", max: field.maximum ?? "", step: field.step ?? "any" };
    const box = make("input", { type: "number", id, value: field.value ?? "", ...bounds });
    read[field.key] = () => box.value;
    const row = make("div", { class: "number" });
    if (field.minimum !== null && field.maximum !== null) {
      const slide = make("input", { type: "range", ...bounds, "aria-label": field.label, oninput: () => { box.value = slide.value; } });
      slide.value = field.value ?? (field.minimum + field.maximum) / 2;
      box.addEventListener("input", () => { slide.value = box.value; });
      row.append(slide);
    }
    row.append(box);
    return row;
  },
  text(field, id) {
    const box = make("input", { type: "text", id, value: field.value ?? "", autocomplete: "off" });
    read[field.key] = () => box.value;
    return box;
  },
  lines(field, id) {
    const box = make("textarea", { id, rows: 2, value: field.value ?? "" });
    read[field.key] = () => box.value;
    return box;
  },
  check(field, id) {
    const box = make("input", { type: "checkbox", id, checked: Boolean(field.value) });
    read[field.key] = () => box.checked;
    return make("label", { class: "check", for: id }, box, field.label);
  },
  file(field, id) {
    const list = make("datalist", { id: id + "-paths" });
    const box = make("input", { type: "text", id, value: field.value ?? "", list: list.id, spellcheck: false, autocomplete: "off", placeholder: "Paste or type the file’s path" });
    box.addEventListener("input", async () => {
      const found = await ask("/complete?path=" + encodeURIComponent(box.value)).catch(() => []);
      list.replaceChildren(...found.map((path) => make("option", { value: path })));
    });
    read[field.key] = () => box.value;
    return make("div", {}, box, list);
  },
  rows(field, id) {
    let chosen = field.value;
    read[field.key] = () => chosen;
    if (!field.pick) return table(field.columns, field.rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))), field.rows);
    const body = field.rows.map((row, at) => {
      const dot = make("input", { type: "radio", name: id, checked: at === chosen, "aria-label": row.join(", "), onchange: () => pick(at) });
      const cells = row.map((cell) => make("td", {}, cell));
      cells[0].prepend(dot);
      return make("tr", { class: at === chosen ? "pick on" : "pick", onclick: () => { dot.checked = true; dot.focus(); pick(at); } }, ...cells);
    });
    function pick(at) {
      chosen = at;
      body.forEach((row, one) => row.classList.toggle("on", one === at));
    }
    return table(field.columns, body, field.rows);
  },
};

function isFew(field) {
  const all = [field.minimum, field.maximum, field.step ?? 1, field.value];
  return all.every(Number.isInteger) && field.step !== 0 && (field.maximum - field.minimum) / (field.step || 1) <= 7;
}

function steps(field, id) {
  const numbers = [];
  for (let one = field.minimum; one <= field.maximum; one += field.step || 1) numbers.push(one);
  const choices = numbers.map((one) => ({ label: String(one), why: "" }));
  const made = pills({ ...field, choices, value: numbers.indexOf(field.value) }, id);
  const at = read[field.key];
  read[field.key] = () => numbers[at()] ?? null;
  return made;
}

function pills(field, id) {
  let chosen = field.value;
  read[field.key] = () => chosen;
  const made = field.choices.map((choice, at) => {
    const dot = make("input", { type: "radio", name: id, checked: at === chosen, disabled: Boolean(choice.why), onchange: () => {
      chosen = at;
      made.forEach((one, other) => one.classList.toggle("on", other === at));
    } });
    const state = choice.why ? " off" : at === chosen ? " on" : "";
    return make("label", { class: "pill" + state, title: choice.why }, dot, choice.label);
  });
  return make("div", { class: "pills", role: "radiogroup", "aria-label": field.label }, ...made);
}

function select(field, id) {
  const options = field.choices.map((choice, at) => make("option", { value: at, disabled: Boolean(choice.why), selected: at === field.value }, choice.label));
  const box = make("select", { id }, ...options);
  read[field.key] = () => (box.value === "" ? null : Number(box.value));
  return box;
}

function table(columns, body, rows) {
  const head = columns.length ? [make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name))))] : [];
  const made = make("table", {}, ...head, make("tbody", {}, ...body));
  const width = Math.max(columns.length, ...rows.map((row) => row.length));
  for (let at = 0; at < width; at++) {
    const cells = rows.map((row) => row[at] || "");
    const style = [];
    if (cells.every((cell) => /^([–-]|[$€£]?[\d.,]+( ?(s|%|USD|EUR|frames?))?)?$/.test(cell))) style.push("right");
    if (cells.every((cell) => cell.length <= 14)) style.push("short");
    for (const row of made.rows) if (row.cells[at]) row.cells[at].classList.add(...style);
  }
  return make("div", { class: "table", tabIndex: -1 }, made);
}

function fieldset(field, at) {
  const id = "f" + at;
  if (field.kind === "note") return make("div", { class: "note" }, ...prose(String(field.value || field.label)));
  const box = draw[field.kind](field, id);
  const wide = field.kind === "rows";
  const single = ["text", "lines", "file"].includes(field.kind) || box.tagName === "SELECT" || box.className === "number";
  const name = field.kind === "check" ? "" : field.label;
  const label = single ? make("label", { class: "name", for: id }, name) : make("span", { class: "name" }, name);
  told[field.key] = make("div", { class: "under wrong", role: "alert", hidden: true });
  const under = [field.help, ...field.reasons].filter(Boolean).map((text) => make("div", { class: "under" }, ...prose(text)));
  const row = make("div", { class: wide ? "field wide" : "field" }, wide && !name ? null : label, box, told[field.key], ...under);
  if (field.only_with) fits.push(() => { row.hidden = !field.only_with.choices.includes(read[field.only_with.key]()); });
  return row;
}

function buttons() {
  const made = view.buttons.map((button, at) => make("button", {
    type: "button", class: at === 0 && view.kind !== "watch" ? "first" : "", disabled: Boolean(button.why), title: button.why,
    onclick: (event) => { event.preventDefault(); press(button); },
  }, button.label));
  const why = make("div", { class: "why", role: "status" }, view.reasons.join(" · "));
  told[""] = why;
  return make("div", { class: "foot" }, ...made, why);
}

function show(next) {
  const fresh = !view || next.version !== view.version;
  view = next;
  if (!fresh) return watch();
  read = {};
  told = {};
  fits = [];
  document.title = (view.title ? short(view.title) + " · " : "") + "Reperform";
  if (view.kind === "working") return quiet(short(view.title) || "One moment", "Working in Resolve…");
  if (view.kind === "ended") return end("Done", "This tab can be closed.");
  const top = make("div", { class: "top" }, make("h1", { tabIndex: -1 }, short(view.title)), view.text ? make("p", { class: "text" }, ...prose(view.text)) : null);
  const inside = view.kind === "watch" ? meter() : (view.fields || []).map(fieldset);
  const form = make("form", { class: view.kind, onsubmit: (event) => event.preventDefault() }, top, make("div", { class: "fields" }, ...inside), buttons());
  form.noValidate = true;
  const fit = () => fits.forEach((one) => one());
  form.addEventListener("change", fit);
  fit();
  panel.replaceChildren(form);
  if (view.kind === "watch") watch();
  form.querySelector("h1").focus({ preventScroll: true });
}

function short(title) {
  return title.replace(/^Reperform\s*[-–]\s*/, "");  // the page says that name already
}

function prose(text) {
  return text.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? make("code", {}, part) : part));
}

function meter() {
  return [
    make("div", { class: "meter" }, make("div", { class: "bar", id: "bar", role: "progressbar", "aria-label": "Progress" }, make("div")), make("output", { id: "percent" })),
    make("ul", { class: "lines", id: "lines" }),
    make("div", { id: "made" }),
  ];
}

function watch() {
  if (view.kind !== "watch") return;
  const { lines, fraction, rows } = view.state;
  const bar = document.getElementById("bar");
  const unsure = fraction === null;
  bar.classList.toggle("unsure", unsure);
  bar.firstChild.style.width = unsure ? "" : 100 * fraction + "%";
  const percent = unsure ? "" : Math.floor(100 * fraction) + " %";
  document.getElementById("percent").textContent = percent;
  document.title = (percent ? percent + " · " : "") + short(view.title) + " · Reperform";
  document.getElementById("lines").replaceChildren(...lines.map((line) => make("li", {}, line)));
  const body = rows ? rows.rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))) : [];
  document.getElementById("made").replaceChildren(...(rows ? [table(rows.columns, body, rows.rows)] : []));
}

function quiet(title, text) {
  panel.replaceChildren(make("div", { class: "quiet" }, make("h1", {}, title), text));
}

function end(title, text) {
  over = true;
  quiet(title, text);
}

async function press(button) {
  if (button.why) return;
  const values = Object.fromEntries(Object.entries(read).map(([key, value]) => [key, value()]));
  for (const one of Object.values(told)) one.hidden = one !== told[""];
  const answer = await ask("/answer", { version: view.version, button: button.key, values }).catch(() => null);
  if (answer && answer.errors) wrong(answer.errors);
  else if (answer && view.kind === "watch" && told[""]) told[""].textContent = button.label + ": asked for";
}

function wrong(errors) {
  let first = null;
  for (const [key, text] of Object.entries(errors)) {
    const place = told[key] || told[""];
    place.textContent = text;
    place.classList.add("wrong");
    place.hidden = false;
    first = first || place;
  }
  const box = first && first.parentElement.querySelector("input, select, textarea");
  if (box) box.focus();
}

async function ask(path, body) {
  const given = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(path, { credentials: "same-origin", ...given });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function follow() {
  let misses = 0;
  while (!over) {
    try {
      show(await ask("/state?turn=" + view.turn));
      misses = 0;
    } catch (error) {
      misses += 1;
      if (misses > 3) end("Resolve no longer answers", "The script has ended. If you did not end it, its log says why: run it again from Workspace ▸ Scripts.");
      else await new Promise((wake) => setTimeout(wake, 400));
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (!view || !view.buttons || view.kind === "watch") return;
  const leave = view.buttons.find((one) => one.leaves && !one.why);
  const first = view.buttons[0];
  if (event.key === "Escape" && leave) press(leave);
  const quick = ["INPUT", "H1", "BODY"].includes(event.target.tagName) || event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && quick && first && !first.pays && !first.why) {
    event.preventDefault();
    press(first);
  }
});
addEventListener("pagehide", () => { if (!over) navigator.sendBeacon("/bye"); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

show(JSON.parse(document.getElementById("state").textContent));
follow();
