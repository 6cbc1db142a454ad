// Start a job and watch it end, with nothing but an access key: Node 20 or later, no packages.
//
//   export STAGEDOOR_URL=http://127.0.0.1:8120/acme/dev STAGEDOOR_KEY=sd_… STAGEDOOR_FOLDER=Shared
//   node start-a-job.mjs InvoiceBot '{"InvoiceNumber": "2026-117"}'

import { setTimeout as pause } from "node:timers/promises";

const { STAGEDOOR_URL, STAGEDOOR_KEY, STAGEDOOR_FOLDER } = process.env;
const ENDED = ["Successful", "Faulted", "Stopped"];

async function orchestrator(method, path, body) {
  const headers = { Authorization: `Bearer ${STAGEDOOR_KEY}` };
  if (STAGEDOOR_FOLDER) {
    // A key that is limited to one folder works without this header.
    const encoded = Buffer.from(STAGEDOOR_FOLDER, "utf16le").toString("base64");
    headers["X-UIPATH-FolderPath-Encoded"] = encoded;
  }
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  const response = await fetch(`${STAGEDOOR_URL}/orchestrator_${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    // A refusal says which rule refused, and the smallest grant that would pass.
    const needed = answer.stagedoor?.smallestGrant?.join(", ");
    throw new Error(needed ? `${answer.message} Ask for a key that may do: ${needed}` : answer.message);
  }
  return answer;
}

async function main(process, input) {
  const startInfo = { ReleaseName: process, JobsCount: 1, InputArguments: input };
  const started = await orchestrator("POST", "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs", { startInfo });
  let [job] = started.value;
  while (!ENDED.includes(job.State)) {
    await pause(500);
    job = await orchestrator("GET", `/odata/Jobs(${job.Id})`);
  }
  console.log(`Job ${job.Id}: ${job.State}. ${job.OutputArguments ?? ""}`);
  return job.State === "Successful";
}

try {
  const [name = "InvoiceBot", input = "{}"] = process.argv.slice(2);
  process.exitCode = (await main(name, input)) ? 0 : 1;
} catch (problem) {
  console.error(problem.message);
  process.exitCode = 1;
}
