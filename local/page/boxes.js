// Draws the boxes of the faces over the picture, wherever the picture is on the page.

import { svg } from "./element.js";
import { uprightShare } from "./exif.js";

export class Boxes {
  #layer;
  #picture;
  #drawn = null;

  constructor(layer, picture) {
    this.#layer = layer;
    this.#picture = picture;
    new ResizeObserver(() => this.#draw()).observe(layer);
  }

  show(verification, orientation) {
    this.#drawn = { verification, orientation };
    this.#layer.dataset.tone = verification.decision;
    this.#layer.setAttribute("aria-label", label(verification.faces));
    this.#draw();
  }

  clear() {
    this.#drawn = null;
    this.#layer.setAttribute("aria-label", "No faces marked");
    this.#layer.replaceChildren();
  }

  #draw() {
    if (!this.#drawn) return;
    const { verification, orientation } = this.#drawn;
    const shown = { width: this.#picture.naturalWidth, height: this.#picture.naturalHeight };
    const place = contained(shown, this.#layer.clientWidth, this.#layer.clientHeight);
    const boxes = verification.faces.map((face, index) => {
      const box = { x: face.top_left.x, y: face.top_left.y, width: face.delta.x, height: face.delta.y };
      const share = uprightShare(box, verification.image, shown, orientation);
      return drawn(share, place, verification.faces.length > 1 ? index + 1 : null, face.confidence);
    });
    this.#layer.replaceChildren(...boxes.flat());
  }
}

// The place of a picture that is shown with `object-fit: contain`.
function contained(shown, width, height) {
  const scale = Math.min(width / shown.width, height / shown.height);
  const size = { width: shown.width * scale, height: shown.height * scale };
  return { ...size, x: (width - size.width) / 2, y: (height - size.height) / 2 };
}

function drawn(share, place, number, confidence) {
  const x = place.x + share.x * place.width;
  const y = place.y + share.y * place.height;
  const width = share.width * place.width;
  const height = share.height * place.height;
  const words = `${number ? `${number} · ` : ""}face ${confidence.toFixed(2)}`;
  const tagWidth = 16 + words.length * 7.1;
  const tagX = Math.max(0, Math.min(x + (width - tagWidth) / 2, place.x + place.width - tagWidth));
  const below = Math.min(y + height + 8, place.y + place.height - 26);
  const edge = { x, y, width, height, rx: Math.min(14, width / 5) };
  return [
    svg("rect", { ...edge, class: "box-halo" }),
    svg("rect", { ...edge, class: "box-edge", "data-face": number ?? 1 }),
    svg("rect", { x: tagX, y: below, width: tagWidth, height: 24, rx: 12, class: "box-tag" }),
    svg("text", { x: tagX + tagWidth / 2, y: below + 16.5, "text-anchor": "middle", class: "box-label" }, words),
  ];
}

function label(faces) {
  if (faces.length === 0) return "No faces marked";
  return faces.length === 1 ? "One face is marked in the picture" : `${faces.length} faces are marked in the picture`;
}
