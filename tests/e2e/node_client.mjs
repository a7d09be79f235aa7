// Posts what the argument (JSON) states with the named client of Node; prints the response.
import { createReadStream, openAsBlob } from "node:fs";
import http from "node:http";
import { basename } from "node:path";
import FormDataPackage from "form-data";

const { client, url, selfie, threshold, headers } = JSON.parse(process.argv[2]);

const clients = {
  // Node's own fetch and FormData.
  "node-fetch": async () => {
    const form = new FormData();
    form.append("selfie", await openAsBlob(selfie, { type: "image/jpeg" }), basename(selfie));
    form.append("threshold", threshold);
    const response = await fetch(url, { method: "POST", headers, body: form });
    print(response.status, Object.fromEntries(response.headers), await response.text());
  },
  // The npm package form-data with a file stream, as the liveness API's documents show it.
  "node-form-data": () => {
    const { hostname, port, pathname } = new URL(url);
    const target = { host: hostname, port, path: pathname, headers };
    packaged("selfie", "threshold").submit(target, (error, response) => {
      if (error) throw error;
      printStream(response);
    });
  },
  // form-data piped into a request of unknown length: Node sends it in chunks.
  "node-form-data-piped": () => {
    const form = packaged("threshold", "selfie");
    const all = { ...form.getHeaders(), ...headers };
    form.pipe(http.request(url, { method: "POST", headers: all }, printStream));
  },
};

function packaged(...names) {
  const values = { selfie: createReadStream(selfie), threshold };
  const form = new FormDataPackage();
  for (const name of names) form.append(name, values[name]);
  return form;
}

async function printStream(response) {
  print(response.statusCode, response.headers, Buffer.concat(await response.toArray()).toString());
}

function print(status, responseHeaders, body) {
  console.log(JSON.stringify({ status, headers: responseHeaders, body }));
}

await clients[client]();
