"use strict";

// Tasks by the npm package @uipath/uipath-typescript, unmodified, in Node, with an access key as its secret.
const { UiPath } = require("@uipath/uipath-typescript/core");
const { Tasks, TaskPriority, TaskType } = require("@uipath/uipath-typescript/tasks");
const run = require("./scenarios.cjs");

const connect = ({ baseUrl, orgName, tenantName, accessKey }) =>
  new Tasks(new UiPath({ baseUrl, orgName, tenantName, secret: accessKey }));

const userNames = (people) => people.map((person) => person.userName);

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { type: error.type, status: error.statusCode };
  }
  return null;
}

run({
  async life(facts) {
    const tasks = connect(facts);
    const made = await tasks.create(
      { title: "Approve", priority: TaskPriority.High, data: { amount: 5 } },
      facts.folderId,
    );
    const { items: users } = await tasks.getUsers(facts.folderId);
    const [first, second] = facts.people.map((name) => users.find((user) => user.userName === name));
    const assigned = await tasks.assign({ taskId: made.id, userId: first.id });
    const twice = await tasks.assign([{ taskId: made.id, userNameOrEmail: second.userName }]);
    const pending = await tasks.getById(made.id);
    const reassigned = await tasks.reassign({ taskId: made.id, userNameOrEmail: second.userName });
    const unassigned = await tasks.unassign(made.id);
    const byMethods = await made.assign({ userId: first.id });
    const passedOn = await made.reassign({ userId: second.id });
    const takenBack = await made.unassign();
    const completed = await made.complete({ type: TaskType.External, data: { amount: 6 }, action: "Approve" });
    const done = await tasks.getById(made.id, { taskType: TaskType.External }, facts.folderId);
    return {
      made: { status: made.status, type: made.type, priority: made.priority, data: made.data, folder: made.folderId },
      users: userNames(users),
      results: [assigned, reassigned, unassigned, byMethods, passedOn, takenBack, completed].map((one) => one.success),
      twice: { success: twice.success, code: twice.data[0].errorCode },
      pending: { status: pending.status, to: pending.assignedToUser.userName, data: pending.data },
      done: { status: done.status, action: done.action, data: done.data },
    };
  },

  async lists(facts) {
    const tasks = connect(facts);
    for (let number = 0; number < 3; number += 1) {
      await tasks.create({ title: `Listed ${number}` }, facts.folderId);
    }
    const filter = "startswith(Title, 'Listed')";
    const titles = (page) => page.items.map((task) => task.title);
    const everywhere = await tasks.getAll({ filter, orderby: "Title desc" });
    const inFolder = await tasks.getAll({ filter, folderId: facts.folderId });
    const asAdmin = await tasks.getAll({ filter, asTaskAdmin: true });
    const forwarded = await tasks.getAll({ filter, event: "ForwardedEver" });
    const pages = [];
    let page = await tasks.getAll({ filter, orderby: "Title", pageSize: 2 });
    const { totalCount } = page;
    for (;;) {
      pages.push(titles(page));
      if (!page.hasNextPage) {
        break;
      }
      page = await tasks.getAll({ filter, orderby: "Title", cursor: page.nextCursor });
    }
    const userPages = await tasks.getUsers(facts.folderId, { pageSize: 1 });
    return {
      everywhere: titles(everywhere),
      inFolder: titles(inFolder),
      asAdmin: titles(asAdmin),
      forwarded: titles(forwarded),
      status: everywhere.items[0].status,
      pages,
      totalCount,
      usersAtOnce: userPages.items.length,
    };
  },

  async types(facts) {
    const tasks = connect(facts);
    const form = await tasks.getById(facts.formId, {}, facts.folderId);
    const app = await tasks.getById(facts.appId);
    const document = await tasks.getById(facts.documentId, {}, facts.folderId);
    await tasks.complete({ type: TaskType.Form, taskId: form.id, data: { a: 2 }, action: "ok" }, facts.folderId);
    await tasks.complete({ type: TaskType.App, taskId: app.id, data: { b: 2 }, action: "ok" }, facts.folderId);
    await tasks.complete({ type: TaskType.External, taskId: document.id, data: {}, action: "ok" }, facts.folderId);
    const states = [];
    for (const id of [facts.formId, facts.appId, facts.documentId]) {
      states.push((await tasks.getById(id)).status);
    }
    return { layout: form.formLayout, data: form.data, types: [form.type, app.type, document.type], states };
  },

  async refusals(facts) {
    const tasks = connect(facts);
    return {
      absent: await refusal(() => tasks.getById(999999)),
      nowhere: await refusal(() => tasks.create({ title: "x" }, 999999)),
      listedNowhere: await refusal(() => tasks.getAll({ folderId: 999999 })),
      wrongType: await refusal(() =>
        tasks.complete({ type: TaskType.External, taskId: facts.formId }, facts.folderId),
      ),
    };
  },
});
