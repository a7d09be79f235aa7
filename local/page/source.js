// The source of the picture: camera, file, drag and drop, or a drawn face.

import { orientationOf } from "./exif.js";
import { bytes } from "./words.js";

const CAMERA_PROBLEMS = {
  NotAllowedError: "Access to the camera was denied. Allow it in the browser's address bar, or choose a file.",
  NotFoundError: "No camera was found. Choose a file or the drawn face instead.",
  NotReadableError: "Another program is using the camera. Close it, or choose a file.",
};

export class Source {
  picture = null; // { blob, name, orientation }
  #parts;
  #changed;
  #stream = null;
  #address = null;

  constructor(parts, changed) {
    this.#parts = parts;
    this.#changed = changed;
    parts.openCamera.addEventListener("click", () => this.#openCamera());
    parts.closeCamera.addEventListener("click", () => this.#closeCamera(parts.openCamera));
    parts.shutter.addEventListener("click", () => this.#shoot());
    parts.chooseFile.addEventListener("click", () => parts.file.click());
    parts.file.addEventListener("change", () => this.#takeFile(parts.file.files[0]));
    parts.useSample.addEventListener("click", () => this.#takeSample());
    this.#acceptDrops();
  }

  async #openCamera() {
    const { frame, video, shutter, about } = this.#parts;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
        audio: false,
      });
    } catch (error) {
      about.textContent = CAMERA_PROBLEMS[error.name] ?? `The camera cannot be used (${error.name}). Choose a file instead.`;
      return;
    }
    shutter.disabled = true; // the camera has no picture yet
    video.srcObject = this.#stream;
    frame.dataset.shows = "camera";
    about.textContent = "Look into the camera. The preview is mirrored, the picture is not.";
    await video.play();
    shutter.disabled = false;
    shutter.focus();
  }

  #closeCamera(next) {
    this.#release();
    this.#parts.frame.dataset.shows = this.picture ? this.#parts.picture.dataset.shows : "nothing";
    this.#parts.about.textContent = this.picture ? this.#parts.picture.dataset.about : "";
    next.focus();
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#parts.video.srcObject = null;
  }

  async #shoot() {
    const { video } = this.#parts;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
    this.#release();
    await this.#take(blob, "selfie.jpg", "Camera");
  }

  async #takeFile(file) {
    if (file) await this.#take(file, file.name, file.name);
    this.#parts.file.value = ""; // so that choosing the same file again is a change
  }

  async #takeSample() {
    const name = this.#parts.outcome.value === "multiple_faces" ? "sample-3.jpg" : "sample-1.jpg";
    const answer = await fetch(name);
    await this.#take(await answer.blob(), name, "Drawn face");
  }

  #acceptDrops() {
    const { frame } = this.#parts;
    const over = (event) => {
      event.preventDefault();
      frame.toggleAttribute("data-dropping", event.type === "dragover");
    };
    for (const kind of ["dragover", "dragleave", "drop"]) frame.addEventListener(kind, over);
    frame.addEventListener("drop", (event) => this.#takeFile(event.dataTransfer.files[0]));
    // Dropped outside the frame, the picture would replace the page.
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  }

  async #take(blob, name, origin) {
    this.#release();
    const { picture, frame, about } = this.#parts;
    this.picture = { blob, name, orientation: await orientationOf(blob) };
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = URL.createObjectURL(blob);
    picture.src = this.#address;
    const shown = await picture.decode().then(() => true, () => false);
    picture.dataset.shows = shown ? "picture" : "file";
    picture.dataset.about = [
      origin,
      shown ? `${picture.naturalWidth} × ${picture.naturalHeight}` : "no preview",
      bytes(blob.size),
    ].join(" · ");
    frame.dataset.shows = picture.dataset.shows;
    about.textContent = picture.dataset.about;
    this.#changed();
  }
}
