// Frames as timecode and back. Drop-frame as SMPTE ST 12-1 has it: two numbers (four at 59.94) are left out
// every minute, but not every tenth.

export function fraction(rate) {
  const [top, bottom = "1"] = String(rate).split("/");
  return Number(top) / Number(bottom);
}

const two = (number) => String(number).padStart(2, "0");

export function timecode(frame, rate, drop = false) {
  if (frame === null || !Number.isFinite(frame)) return "--:--:--:--";
  const base = Math.round(rate);
  const day = drop ? 144 * perTen(base) : 24 * 3600 * base;
  let number = ((frame % day) + day) % day;
  if (drop) number += leftOut(number, base);
  const seconds = Math.floor(number / base);
  const digits = base > 100 ? 3 : 2;
  const last = String(number % base).padStart(digits, "0");
  return `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${drop ? ";" : ":"}${last}`;
}

export function frames(text, rate) {
  const found = /^(\d+):(\d+):(\d+)([:;.])(\d+)$/.exec(String(text).trim());
  if (!found) return null;
  const [hours, minutes, seconds, last] = [found[1], found[2], found[3], found[5]].map(Number);
  const base = Math.round(rate);
  const number = ((hours * 60 + minutes) * 60 + seconds) * base + last;
  if (found[4] !== ";") return number;
  const all = hours * 60 + minutes;
  return number - (base / 15) * (all - Math.floor(all / 10));
}

const perTen = (base) => 600 * base - 9 * (base / 15);

function leftOut(frame, base) {
  const skip = base / 15;
  const tens = Math.floor(frame / perTen(base));
  const rest = frame % perTen(base);
  const minutes = rest < 60 * base ? 0 : 1 + Math.floor((rest - 60 * base) / (60 * base - skip));
  return skip * (9 * tens + minutes);
}

export function duration(count, rate) {
  const seconds = count / rate;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)}:${two(Math.floor(seconds % 60))} min`;
}
