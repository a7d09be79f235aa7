/* What a page of elsewhere can try on one port of this machine; returns what it could read. */
async (port) => {
  /* Who never answers gives nothing away. */
  const LONGEST = 3_000;
  const read = [];
  const base = `http://127.0.0.1:${port}`;
  const paths = [
    "/", "/local/config.json", "/local/events", "/control", "/control/requests", "/canary",
    "/_ministack/health", "/_ministack/config", "/?Action=ListQueues&Version=2012-11-05",
    "/2015-03-31/functions/", "/page.js", "/favicon.ico",
  ];
  const bodies = [["GET"], ["POST", "x"], ["PUT", '{"outcome":"not_live"}'], ["DELETE"]];
  for (const path of paths)
    for (const [method, body] of bodies)
      for (const mode of ["cors", "no-cors"])
        await fetch(base + path, { method, body, mode, signal: AbortSignal.timeout(LONGEST) }).then(
          async (answer) => {
            const text = answer.type === "opaque" ? "" : await answer.text();
            if (text) read.push([method, path, text.slice(0, 80)]);
          },
          () => {},
        );
  const settled = (make) =>
    new Promise((done) => {
      setTimeout(done, LONGEST);
      const [thing, ok] = make();
      thing.addEventListener(ok, () => { read.push([ok, thing.src || thing.url]); done(); });
      thing.addEventListener("error", () => done());
    });
  for (const path of ["/page.js", "/mark.svg", "/"]) {
    await settled(() => {
      const script = Object.assign(document.createElement("script"), { src: base + path });
      document.head.append(script);
      return [script, "load"];
    });
    await settled(() => [Object.assign(new Image(), { src: base + path }), "load"]);
  }
  await settled(() => [new WebSocket(`ws://127.0.0.1:${port}/`), "open"]);
  const form = Object.assign(document.createElement("form"), {
    action: `${base}/control/next`, method: "post", enctype: "text/plain", target: "frame",
  });
  const frame = Object.assign(document.createElement("iframe"), { name: "frame" });
  form.append(Object.assign(document.createElement("input"), { name: '{"outcome":"not_live","a":"', value: '"}' }));
  document.body.append(frame, form);
  const loaded = new Promise((done) => {
    setTimeout(done, LONGEST);
    frame.addEventListener("load", done, { once: true });
  });
  form.submit();
  await loaded;
  return read;
}
