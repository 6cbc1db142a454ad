"use strict";

// Run the scenario that the command line names, with the facts from standard input; print its result as JSON.
module.exports = async function run(scenarios) {
  const facts = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  keepToThisHost(facts.baseUrl);
  const result = await scenarios[process.argv[2]](facts);
  // Not process.exit: a client that keeps the process alive is a finding.
  process.stdout.write(JSON.stringify(result ?? null));
};

// Some packages send their maker telemetry; tests speak to the server under test and to nobody else.
function keepToThisHost(baseUrl) {
  const { origin } = new URL(baseUrl);
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    if (!href.startsWith(`${origin}/`)) {
      throw new TypeError(`no way to ${href} from a test`);
    }
    return fetch(input, init);
  };
  console.debug = console.error;
}
