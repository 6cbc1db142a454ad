"use strict";

// Run the scenario that the command line names, with the facts from standard input; print its result as JSON.
module.exports = async function run(scenarios) {
  const facts = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const result = await scenarios[process.argv[2]](facts);
  // Not process.exit: a client that keeps the process alive is a finding.
  process.stdout.write(JSON.stringify(result ?? null));
};
