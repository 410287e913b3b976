// A long row or column of which only what is seen stands in the page. The focus roves: one item is in the tab order.

import { clamp } from "./dom.js";

const BEYOND = 4; // items made on either side of what is seen

export class Scroller {
  // `make(index)` gives an element; `sizes` is a list of pixels, or one number for all; `along` is "x" or "y".
  constructor(view, { along, make, chosen }) {
    this.view = view;
    this.rail = view.firstElementChild;
    this.along = along;
    this.make = make;
    this.chosen = chosen;
    this.count = 0;
    this.focus = 0;
    this.made = new Map();
    view.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.soon()).observe(view);
    view.addEventListener("keydown", (event) => this.key(event));
    view.addEventListener("click", (event) => this.click(event));
  }

  resize(count, sizes) {
    this.count = count;
    this.starts = new Float64Array(count + 1);
    for (let index = 0; index < count; index += 1) {
      this.starts[index + 1] = this.starts[index] + (typeof sizes === "number" ? sizes : sizes[index]);
    }
    this.focus = clamp(this.focus, 0, Math.max(0, count - 1));
    this.rail.style[this.along === "x" ? "width" : "height"] = `${this.starts[count]}px`;
    this.renew();
  }

  renew(only = null) {
    if (only === null) {
      for (const element of this.made.values()) element.remove();
      this.made.clear();
    } else this.redo(only);
    this.draw();
  }

  redo(index) {
    const old = this.made.get(index);
    if (!old) return;
    const fresh = this.put(index);
    const hadFocus = document.activeElement === old;
    old.replaceWith(fresh);
    if (hadFocus) fresh.focus({ preventScroll: true });
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  get range() {
    const [at, size] = this.along === "x" ? [this.view.scrollLeft, this.view.clientWidth] : [this.view.scrollTop, this.view.clientHeight];
    const first = Math.max(0, this.indexAt(at) - BEYOND);
    return [first, Math.min(this.count, this.indexAt(at + size) + BEYOND + 1)];
  }

  indexAt(pixel) {
    let [low, high] = [0, Math.max(0, this.count - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= pixel) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  draw() {
    const [first, last] = this.range;
    for (const [index, element] of this.made) {
      if ((index < first || index >= last) && element !== document.activeElement) {
        element.remove();
        this.made.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) {
      if (!this.made.has(index)) this.insert(index, this.put(index));
    }
  }

  // In reading order, for those who hear the page.
  insert(index, element) {
    const after = [...this.rail.children].find((other) => Number(other.dataset.index) > index);
    this.rail.insertBefore(element, after ?? null);
  }

  put(index) {
    const element = this.make(index);
    element.dataset.index = String(index);
    element.tabIndex = index === this.focus ? 0 : -1;
    element.setAttribute("aria-setsize", String(this.count));
    element.setAttribute("aria-posinset", String(index + 1));
    const size = this.starts[index + 1] - this.starts[index];
    element.style[this.along === "x" ? "left" : "top"] = `${this.starts[index]}px`;
    element.style[this.along === "x" ? "width" : "height"] = `${size}px`;
    this.made.set(index, element);
    return element;
  }

  // The item that is looked at: selected, in sight, and the one that Tab comes to.
  point(index, { scroll = true } = {}) {
    if (index < 0 || index >= this.count) return;
    const before = this.focus;
    this.focus = index;
    if (scroll) this.reveal(index);
    this.draw();
    for (const one of [before, index]) {
      const element = this.made.get(one);
      if (element) element.tabIndex = one === index ? 0 : -1;
    }
  }

  reveal(index) {
    const [start, end] = [this.starts[index], this.starts[index + 1]];
    const [property, size] = this.along === "x" ? ["scrollLeft", this.view.clientWidth] : ["scrollTop", this.view.clientHeight];
    const now = this.view[property];
    const margin = Math.min(120, size / 4);
    if (start < now + margin) this.view[property] = Math.max(0, start - margin);
    else if (end > now + size - margin) this.view[property] = end - size + margin;
  }

  click(event) {
    const item = event.target.closest("[data-index]");
    if (!item || event.target.closest("button, input")) return;
    this.go(Number(item.dataset.index));
  }

  go(index) {
    this.point(index);
    this.chosen(index);
    this.made.get(this.focus)?.focus({ preventScroll: true });
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || !event.target.dataset?.index) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(clamp(this.focus + steps[event.key], 0, this.count - 1));
  }
}
