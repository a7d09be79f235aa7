// The npm package form-data with a file stream, as the liveness API's documents show it.
const fs = require("node:fs");
const FormData = require("form-data");

const order = JSON.parse(process.argv[2]);
const { hostname, port, pathname } = new URL(order.url);
const form = new FormData();
form.append("selfie", fs.createReadStream(order.selfie));
form.append("threshold", order.threshold);

form.submit({ host: hostname, port, path: pathname, headers: order.headers }, (error, answer) => {
  if (error) throw error;
  const chunks = [];
  answer.on("data", (chunk) => chunks.push(chunk));
  answer.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    console.log(JSON.stringify({ status: answer.statusCode, headers: answer.headers, body }));
  });
});
