// Renders mapping templates: reads `[{template, headers, missing}]`, writes the overridden headers
// of each. `missing` is what `get` gives for a header that is not there.
import velocity from "velocityjs";
import { readFileSync } from "node:fs";

const overridden = ({ template, headers, missing }) => {
  const context = { responseOverride: { header: {} } };
  const get = (name) => headers[name] ?? missing;
  velocity.render(template, { context, input: { params: () => ({ header: { get } }) } });
  return context.responseOverride.header;
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(overridden)));
