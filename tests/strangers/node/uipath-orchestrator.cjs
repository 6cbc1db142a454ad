"use strict";

// The npm package uipath-orchestrator, unmodified, as scripts of its time use it.
const { promisify } = require("node:util");
const Orchestrator = require("uipath-orchestrator");
const run = require("./scenarios.cjs");

function connect({ baseUrl, path, folderId }, credentials) {
  const { hostname, port } = new URL(baseUrl);
  const orchestrator = new Orchestrator({ hostname, port: Number(port), isSecure: false, path, ...credentials });
  orchestrator.switchOrganizationUnitId(folderId);
  const methods = Object.fromEntries(
    ["get", "post", "put", "patch", "delete"].map((name) => [name, promisify(orchestrator[name].bind(orchestrator))]),
  );
  return { orchestrator, ...methods };
}

const login = (facts) =>
  connect(facts, {
    tenancyName: facts.tenancyName,
    usernameOrEmailAddress: facts.username,
    password: facts.password,
  });

// The package gives a refusal's body beside the error, where promisify does not look.
const refusal = (call) => new Promise((resolve) => call((error, body) => resolve({ status: error?.statusCode, body })));

const ABSENT = 987654;

const names = (list) => list.value.map((entry) => entry.Name);

run({
  async jobs(facts) {
    const client = login(facts);
    return client.get("/odata/Jobs", { $top: 5, $orderby: "Id desc", $count: "true" });
  },

  async helpers(facts) {
    const { orchestrator } = login(facts);
    const { odata } = orchestrator.v2;
    const [releases, queues, assets] = await Promise.all([
      promisify(odata.getReleases)({ $filter: "Name eq 'InvoiceBot'" }),
      promisify(odata.getQueueDefinitions)({}),
      promisify(odata.getAssets)({ $orderby: "Name" }),
    ]);
    return { releases: names(releases), queues: names(queues), assets: names(assets) };
  },

  async startJob(facts) {
    const { orchestrator, get } = login(facts);
    const releases = await get("/odata/Releases", { $filter: "Name eq 'InvoiceBot'" });
    const startInfo = {
      ReleaseKey: releases.value[0].Key,
      Strategy: "ModernJobsCount",
      JobsCount: 1,
      InputArguments: JSON.stringify({ InvoiceNumber: "7" }),
    };
    const started = await promisify(orchestrator.v2.odata.postStartJobs)({ startInfo });
    return get(`/odata/Jobs(${started.value[0].Id})`, {});
  },

  async addAnnotatedQueueItem(facts) {
    const { orchestrator } = login(facts);
    const itemData = { Name: "Invoices", Priority: "High", SpecificContent: { customer: "Ünal", amount: 3 } };
    const annotated = Orchestrator.odataHelper.annotateStrings({ itemData });
    return promisify(orchestrator.v2.odata.postAddQueueItem)(annotated);
  },

  async afterExpiry(facts) {
    const client = login(facts);
    await client.get("/odata/Jobs", { $top: 1 });
    client.orchestrator._credentials = "a token of yesterday";
    return client.get("/odata/Jobs", { $top: 1 });
  },

  async wrongPassword(facts) {
    const { orchestrator } = login(facts);
    return refusal((callback) => orchestrator.get("/odata/Jobs", {}, callback));
  },

  async environments(facts) {
    const { orchestrator, post, get } = connect(facts, { accessToken: facts.accessKey });
    const { odata } = orchestrator.v2;
    const robots = (await get("/odata/Robots", {})).value.map((robot) => robot.Id);
    const { Id: id } = await post("/odata/Environments", { Name: "Lab", Type: "Dev" });
    await promisify(odata.putEnvironment)(id, { Name: "Laboratory", Description: "of this test" });
    const told = { environment: await promisify(odata.getEnvironment)(id, {}) };
    await promisify(odata.postEnvironmentAddRobot)(id, { robotId: String(robots[0]) });
    told.added = (await promisify(odata.getRobotIdsForEnvironment)(id, {})).value;
    told.robots = names(await promisify(odata.getRobotsForEnvironment)(id, {}));
    await promisify(odata.postEnvironmentRemoveRobot)(id, { robotId: String(robots[0]) });
    told.removed = (await promisify(odata.getRobotIdsForEnvironment)(id, {})).value;
    await promisify(odata.postEnvironmentSetRobots)(id, { addedRobotIds: robots, removedRobotIds: [] });
    told.set = (await promisify(odata.getRobotIdsForEnvironment)(id, {})).value;
    await promisify(odata.deleteEnvironment)(id);
    told.left = names(await promisify(odata.getEnvironments)({}));
    return { ...told, all: robots };
  },

  // Each helper with the least that it takes, for a thing that is not there: is there an operation that it finds?
  async everyHelper(facts) {
    const { v2 } = connect(facts, { accessToken: facts.accessKey }).orchestrator;
    const answers = {};
    for (const [name, helper] of [...Object.entries(v2.api), ...Object.entries(v2.odata)]) {
      if (typeof helper === "function") {
        const takes = helper.length - 1;
        const given = takes === 1 && !name.startsWith("delete") ? [{}] : [ABSENT, takes === 3 ? 1 : {}, {}];
        answers[name] = await refusal((callback) => helper(...given.slice(0, takes), callback));
      }
    }
    return answers;
  },

  async accessKey(facts) {
    const { orchestrator, get } = connect(facts, { accessToken: facts.accessKey });
    const jobs = await get("/odata/Jobs", { $top: 1 });
    const users = await refusal((callback) => orchestrator.get("/odata/Users", {}, callback));
    return { jobs, users };
  },
});
