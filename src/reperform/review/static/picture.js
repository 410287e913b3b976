// What the canvas shows: one picture, two beside each other, one wiped over the other, or what differs.

export const MODES = ["single", "side", "wipe", "difference"];
const GAP = 8;
const LOUDER = 2; // the difference is doubled this often: 4 times what it is

export class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.wipe = 0.5;
  }

  draw(mode, a, b) {
    if (mode === "single") this.single(a);
    else if (mode === "side") this.side(a, b);
    else if (mode === "wipe") this.wiped(a, b);
    else this.difference(a, b);
  }

  single(picture) {
    const [width, height] = this.size(picture);
    this.context.drawImage(picture, 0, 0, width, height);
  }

  side(a, b) {
    const [width, height] = sizeOf(a);
    this.resize(width * 2 + GAP, height);
    this.context.fillStyle = "#000";
    this.context.fillRect(width, 0, GAP, height);
    this.context.drawImage(a, 0, 0, width, height);
    this.context.drawImage(b, width + GAP, 0, width, height);
  }

  wiped(a, b) {
    const [width, height] = this.size(a);
    const edge = Math.round(width * this.wipe);
    this.context.drawImage(b, 0, 0, width, height);
    this.context.save();
    this.context.beginPath();
    this.context.rect(0, 0, edge, height);
    this.context.clip();
    this.context.drawImage(a, 0, 0, width, height);
    this.context.restore();
    this.context.fillStyle = "rgb(255 255 255 / 70%)";
    this.context.fillRect(edge - 1, 0, 2, height);
  }

  difference(a, b) {
    const [width, height] = this.size(a);
    const context = this.context;
    context.drawImage(a, 0, 0, width, height);
    context.globalCompositeOperation = "difference";
    context.drawImage(b, 0, 0, width, height);
    context.globalCompositeOperation = "lighter";
    for (let time = 0; time < LOUDER; time += 1) context.drawImage(this.canvas, 0, 0);
    context.globalCompositeOperation = "source-over";
  }

  size(picture) {
    const [width, height] = sizeOf(picture);
    this.resize(width, height);
    return [width, height];
  }

  resize(width, height) {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }
}

const sizeOf = (picture) => [
  picture.videoWidth || picture.naturalWidth || picture.width,
  picture.videoHeight || picture.naturalHeight || picture.height,
];
