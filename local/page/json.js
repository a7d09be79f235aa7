// Shows a value as indented, coloured JSON.

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

export function json(value) {
  const text = JSON.stringify(value, null, 2);
  const block = document.createElement("pre");
  block.tabIndex = 0; // it scrolls, so it must be reachable by keyboard
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon, number] = found;
    const kind = string ? (colon ? "name" : "text") : number ? "number" : "word";
    const token = string ?? whole;
    block.append(text.slice(at, found.index), coloured(token, kind));
    at = found.index + token.length;
  }
  block.append(text.slice(at));
  return block;
}

function coloured(token, kind) {
  const span = document.createElement("span");
  span.className = `json-${kind}`;
  span.textContent = token;
  return span;
}
