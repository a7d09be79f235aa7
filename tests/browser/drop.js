// Drags a file over the frame and drops it there.
(bytes) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
  const frame = document.getElementById("frame");
  const send = (kind) =>
    frame.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  send("dragover");
  if (!frame.hasAttribute("data-dropping")) throw new Error("the page does not show that a file can be dropped");
  send("drop");
}
