"use strict";

// The npm package @uipath/uipath-typescript, unmodified, in Node, with an access key as its secret.
const { UiPath } = require("@uipath/uipath-typescript/core");
const { Assets } = require("@uipath/uipath-typescript/assets");
const { Jobs } = require("@uipath/uipath-typescript/jobs");
const { Processes } = require("@uipath/uipath-typescript/processes");
const { Queues } = require("@uipath/uipath-typescript/queues");
const { Attachments } = require("@uipath/uipath-typescript/attachments");
const { Buckets } = require("@uipath/uipath-typescript/buckets");
const { setTimeout: pause } = require("node:timers/promises");
const run = require("./scenarios.cjs");

const ENDED = ["Successful", "Faulted", "Stopped"];

const connect = ({ baseUrl, orgName, tenantName, accessKey }) =>
  new UiPath({ baseUrl, orgName, tenantName, secret: accessKey });

const names = (page) => page.items.map((item) => item.name);

async function ended(jobs, key, folderId) {
  for (;;) {
    const job = await jobs.getById(key, folderId);
    if (ENDED.includes(job.state)) {
      return job;
    }
    await pause(100);
  }
}

async function start(facts) {
  const processes = new Processes(connect(facts));
  const { key } = await processes.getByName("InvoiceBot", { folderPath: facts.folderPath });
  const [job] = await processes.start(
    { processKey: key, inputArguments: JSON.stringify({ InvoiceNumber: "9" }) },
    facts.folderId,
  );
  return job;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { type: error.type, status: error.statusCode, message: error.message };
  }
  return null;
}

run({
  async assets(facts) {
    const assets = new Assets(connect(facts));
    const byName = await assets.getByName("ApprovalLimit", { folderPath: facts.folderPath });
    const byId = await assets.getById(byName.id, facts.folderId);
    const everywhere = await assets.getAll({ filter: "startswith(Name, 'Approval')" });
    const absent = await refusal(() => assets.getByName("Nothing", { folderPath: facts.folderPath }));
    return { byName, byId, everywhere: names(everywhere), absent };
  },

  async pages(facts) {
    const assets = new Assets(connect(facts));
    const options = { folderId: facts.folderId, filter: facts.filter, orderby: "Name" };
    const pages = [];
    let page = await assets.getAll({ ...options, pageSize: 2 });
    const { totalCount } = page;
    for (;;) {
      pages.push(names(page));
      if (!page.hasNextPage) {
        return { pages, totalCount };
      }
      page = await assets.getAll({ ...options, cursor: page.nextCursor });
    }
  },

  async queues(facts) {
    const queues = new Queues(connect(facts));
    const inFolder = await queues.getAll({ folderId: facts.folderId, filter: "Name eq 'Invoices'" });
    const everywhere = await queues.getAll({ filter: "Name eq 'Invoices'" });
    const byId = await queues.getById(inFolder.items[0].id, facts.folderId);
    return { inFolder: names(inFolder), everywhere: names(everywhere), byId };
  },

  async processes(facts) {
    const processes = new Processes(connect(facts));
    const listed = await processes.getAll({ folderId: facts.folderId });
    const byName = await processes.getByName("InvoiceBot", { folderId: facts.folderId });
    const byId = await processes.getById(byName.id, facts.folderId);
    return { listed: names(listed), byName, byId };
  },

  async job(facts) {
    const jobs = new Jobs(connect(facts));
    const { key } = await start(facts);
    const job = await ended(jobs, key, facts.folderId);
    const output = await jobs.getOutput(key, facts.folderId);
    const again = await jobs.restart(key, facts.folderId);
    return { state: job.state, output, again: again.key !== key };
  },

  async stop(facts) {
    const jobs = new Jobs(connect(facts));
    const { key } = await start(facts);
    await jobs.stop([key], facts.folderId, { strategy: "Kill" });
    return (await ended(jobs, key, facts.folderId)).state;
  },

  async suspended(facts) {
    const jobs = new Jobs(connect(facts));
    const options = { folderId: facts.folderId, filter: `Id eq ${facts.jobId}` };
    const { items } = await jobs.getAll(options);
    await jobs.resume(items[0].key, facts.folderId, { inputArguments: { approved: true } });
    return { listed: items.map((job) => job.state), ended: (await ended(jobs, items[0].key, facts.folderId)).state };
  },

  async buckets(facts) {
    const buckets = new Buckets(connect(facts));
    const { folderId } = facts;
    const inFolder = await buckets.getAll({ folderId, filter: `Name eq '${facts.bucket}'` });
    const everywhere = await buckets.getAll({ filter: `Name eq '${facts.bucket}'` });
    const bucketId = inFolder.items[0].id;
    const byId = await buckets.getById(bucketId, folderId);
    const uploads = [];
    for (const path of ["in/one.txt", "in/two.txt", "three.txt"]) {
      uploads.push(await buckets.uploadFile({ bucketId, folderId, path, content: new Blob([path]) }));
    }
    const files = await buckets.getFileMetaData(bucketId, folderId, { prefix: "in" });
    const pages = [];
    let page = await buckets.getFileMetaData(bucketId, folderId, { pageSize: 2 });
    for (;;) {
      pages.push(page.items.map((file) => file.path));
      if (!page.hasNextPage) {
        break;
      }
      page = await buckets.getFileMetaData(bucketId, folderId, { pageSize: 2, cursor: page.nextCursor });
    }
    const { uri, httpMethod, headers } = await buckets.getReadUri({
      bucketId,
      folderId,
      path: "in/one.txt",
      expiryInMinutes: 5,
    });
    const content = await (await fetch(uri, { method: httpMethod, headers })).text();
    const absent = await refusal(() => buckets.getReadUri({ bucketId, folderId, path: "nothing" }));
    return {
      inFolder: names(inFolder),
      everywhere: names(everywhere),
      byId,
      uploads,
      files: files.items.map(({ path, size }) => ({ path, size })),
      pages,
      content,
      absent,
    };
  },

  async attachment(facts) {
    const attachments = new Attachments(connect(facts));
    const attachment = await attachments.getById(facts.attachment);
    const { uri, httpMethod } = attachment.blobFileAccess;
    return { name: attachment.name, content: await (await fetch(uri, { method: httpMethod })).text() };
  },

  async refusals(facts) {
    const sdk = connect(facts);
    const { key } = await start(facts);
    return {
      forbidden: await refusal(() => new Jobs(sdk).stop([key], facts.folderId)),
      unknownKey: await refusal(() => new Assets(connect({ ...facts, accessKey: "sd_unknown" })).getAll()),
    };
  },
});
