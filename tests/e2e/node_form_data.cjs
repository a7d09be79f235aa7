// The npm package form-data with a file stream, as the liveness API's documents show it.
const fs = require("node:fs");
const FormData = require("form-data");

const input = JSON.parse(process.argv[2]);
const { hostname, port, pathname } = new URL(input.url);
const form = new FormData();
form.append("selfie", fs.createReadStream(input.selfie));
form.append("threshold", input.threshold);

form.submit({ host: hostname, port, path: pathname, headers: input.headers }, (error, response) => {
  if (error) throw error;
  const chunks = [];
  response.on("data", (chunk) => chunks.push(chunk));
  response.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    console.log(JSON.stringify({ status: response.statusCode, headers: response.headers, body }));
  });
});
