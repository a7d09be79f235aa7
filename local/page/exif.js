// The EXIF orientation of a JPEG, and how it turns a box.
//
// A browser shows a picture upright. The liveness API's boxes are in pixels of the picture as it
// measured it; the pixels of a phone's picture may be stored turned.

const HEAD = 128 * 1024;

export async function orientationOf(blob) {
  const view = new DataView(await blob.slice(0, HEAD).arrayBuffer());
  try {
    return view.getUint16(0) === 0xffd8 ? inSegments(view) : 1;
  } catch (error) {
    if (error instanceof RangeError) return 1; // truncated or invalid: as stored
    throw error;
  }
}

function inSegments(view) {
  let at = 2;
  while (view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda) {
    const isExif = view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966;
    if (isExif) return inDirectory(view, at + 10);
    at += 2 + view.getUint16(at + 2);
  }
  return 1;
}

function inDirectory(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (view.getUint16(at, little) === 0x0112) {
      const value = view.getUint16(at + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  }
  return 1;
}

// A box in pixels of the `measured` picture, as a box in shares (0 to 1) of the picture shown.
export function uprightShare(box, measured, shown, orientation) {
  const share = {
    x: box.x / measured.width,
    y: box.y / measured.height,
    width: box.width / measured.width,
    height: box.height / measured.height,
  };
  return alreadyUpright(measured, shown, orientation) ? share : turned(share, orientation);
}

// A quarter turn swaps width and height. If the measured sides are those on the screen, the
// liveness API had turned the picture.
function alreadyUpright(measured, shown, orientation) {
  if (orientation < 5 || measured.width === measured.height) return false;
  return measured.width > measured.height === shown.width > shown.height;
}

function turned({ x, y, width, height }, orientation) {
  const right = 1 - x - width;
  const below = 1 - y - height;
  switch (orientation) {
    case 2: return { x: right, y, width, height };
    case 3: return { x: right, y: below, width, height };
    case 4: return { x, y: below, width, height };
    case 5: return { x: y, y: x, width: height, height: width };
    case 6: return { x: below, y: x, width: height, height: width };
    case 7: return { x: below, y: right, width: height, height: width };
    case 8: return { x: y, y: right, width: height, height: width };
    default: return { x, y, width, height };
  }
}
