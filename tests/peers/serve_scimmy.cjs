// Serves SCIMMY behind Express on a free port with people in memory, says which port, and stops when its input closes.
// Arguments: the folder with node_modules, the token.

const { createRequire } = require("node:module");
const { join } = require("node:path");
const { randomUUID } = require("node:crypto");

const [folder, token] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const standard = (name) => {
  const module = load(name);
  return module.default ?? module;
};
const express = standard("express");
const SCIMMY = standard("scimmy");
const SCIMMYRouters = standard("scimmy-routers");

const people = new Map();

const find = (id) => {
  const person = people.get(id);
  if (!person) {
    throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
  }
  return person;
};

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .extend(SCIMMY.Schemas.EnterpriseUser, false)
  .ingress((resource, data) => {
    const id = resource.id ?? randomUUID();
    if (resource.id) {
      find(id);
    }
    for (const [other, person] of people) {
      if (other !== id && person.userName.toLowerCase() === data.userName.toLowerCase()) {
        throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
      }
    }
    const person = { ...JSON.parse(JSON.stringify(data)), id };
    people.set(id, person);
    return person;
  })
  .egress((resource) => {
    if (resource.id) {
      return find(resource.id);
    }
    const everybody = [...people.values()];
    return resource.filter ? resource.filter.match(everybody) : everybody;
  })
  .degress((resource) => {
    find(resource.id);
    people.delete(resource.id);
  });

const app = express();
app.use(
  "/scim/v2",
  new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${token}`) {
        throw new Error("The token is not known");
      }
      return "";
    },
  }),
);
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`READY http://127.0.0.1:${server.address().port}/scim/v2`);
});
process.stdin.resume().on("end", () => process.exit(0));
