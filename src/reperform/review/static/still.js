// A small picture that may still be in the making. Few are asked for at a time: a browser opens only six ways to a server,
// and the player comes first.

import { el } from "./dom.js";

const TRIES = 40;
const AT_ONCE = 2;
const waiting = [];
let under = 0;

export function still(url, words = "") {
  if (!url) return el("span", { class: "still none", text: words });
  const image = el("img", { class: "still", alt: "", decoding: "async", draggable: "false", fetchpriority: "low" });
  let tries = 0;
  image.addEventListener("load", () => {
    image.classList.add("there");
    over();
  });
  image.addEventListener("error", () => {
    over();
    tries += 1;
    if (tries > TRIES) image.replaceWith(el("span", { class: "still none", text: words }));
    else setTimeout(() => want(image, again(url, tries)), Math.min(4000, 400 * tries));
  });
  want(image, url);
  return image;
}

function want(image, url) {
  waiting.push([image, url]);
  setTimeout(next);
}

// The last that was wanted comes first: it is what is looked at. What was scrolled away meanwhile is not asked for.
function next() {
  while (under < AT_ONCE && waiting.length) {
    const [image, url] = waiting.pop();
    if (!image.isConnected) continue;
    under += 1;
    image.src = url;
  }
}

function over() {
  under -= 1;
  next();
}

const again = (url, tries) => `${url}${url.includes("?") ? "&" : "?"}try=${tries}`;
