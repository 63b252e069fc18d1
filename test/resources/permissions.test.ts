// `awsls permissions --check`: what the caller lacks is named, and what cannot be told is said to be so.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClients } from "../../src/aws/clients.ts";
import { permissions } from "../../src/commands/permissions.ts";
import { checkPermissions, type PermissionsReport } from "../../src/commands/permissions-check.ts";
import { namesOf } from "../../src/core/names.ts";
import { simulate } from "../../src/resources/iam/simulation.ts";
import type { GrantingPolicy } from "../../src/stack/grants.ts";
import type { Settings } from "../../src/state/state.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openPerson, type Person, ROLE_ARN, runOn, without } from "./rights/person.ts";

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/http-crud-tutorial-items";

let cloud: TestCloud;
let person: Person;
let policy: GrantingPolicy;
beforeAll(async () => {
  cloud = await startTestCloud();
  person = await openPerson(cloud);
  policy = await policyFor({});
});
afterAll(async () => {
  person.close();
  await cloud.close();
});

const policyFor = (settings: Settings): Promise<GrantingPolicy> =>
  permissions(
    {
      names: namesOf("http-crud-tutorial"),
      place: { partition: "aws", region: cloud.config.region, account: "000000000000" },
    },
    settings,
  );
const check = (settings: Settings = {}): Promise<PermissionsReport> =>
  runOn(person.stack, (context) => checkPermissions({ ...context, settings }));

/** The policy with one statement more. */
async function mayWith(statement: object): Promise<void> {
  await person.may({ ...policy, Statement: [...policy.Statement, statement as never] });
}

describe("a role's session", () => {
  it("with the policy lacks nothing; that it has been given less than its role cannot be told", async () => {
    await person.may(policy);
    const report = await check();
    expect(report).toMatchObject({
      verdict: "couldNotTell",
      caller: "arn:aws:sts::000000000000:assumed-role/person/cli",
      entity: ROLE_ARN,
      isSession: true,
      lacking: [],
      untold: [],
    });
    expect(report.asked).toBeGreaterThan(150);
  });

  it("is told what no policy allows, and where", async () => {
    await person.may(without(without(policy, "dynamodb:Scan"), "logs:FilterLogEvents"));
    const { verdict, lacking } = await check();
    const group = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${name}:*`;
    expect(verdict).toBe("lacking");
    expect(lacking).toEqual([
      { actions: ["dynamodb:Scan"], resource: TABLE, why: "noStatement" },
      { actions: ["logs:FilterLogEvents"], resource: group("eventTestFunction"), why: "noStatement" },
      { actions: ["logs:FilterLogEvents"], resource: group("http-crud-tutorial-function"), why: "noStatement" },
    ]);
  });

  it("is told what a policy denies", async () => {
    await mayWith({ Effect: "Deny", Action: "dynamodb:Delete*", Resource: "*" });
    expect(await check()).toMatchObject({
      verdict: "lacking",
      lacking: [{ actions: ["dynamodb:DeleteItem", "dynamodb:DeleteTable"], resource: TABLE, why: "explicitDeny" }],
    });
  });

  it("is told which conditions only a real call answers", async () => {
    const Condition = { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
    await mayWith({ Effect: "Deny", Action: "lambda:InvokeFunction", Resource: "*", Condition });
    const { verdict, lacking, untold } = await check();
    expect({ verdict, lacking }).toEqual({ verdict: "couldNotTell", lacking: [] });
    expect(untold).toMatchObject([
      { actions: ["lambda:InvokeFunction"], why: "conditions", keys: ["aws:SourceIp"] },
      { actions: ["lambda:InvokeFunction"], why: "conditions", keys: ["aws:SourceIp"] },
    ]);
  });

  it("to a service that is not meant may not be passed what the policy lets be passed to others", async () => {
    const Statement = policy.Statement.map(({ Condition, ...each }) =>
      each.Sid === "Roles"
        ? { ...each, Condition: { StringEqualsIfExists: { "iam:PassedToService": ["lambda.amazonaws.com"] } } }
        : { ...each, ...(Condition === undefined ? {} : { Condition }) },
    );
    await person.may({ ...policy, Statement });
    const { lacking } = await check();
    expect(lacking.map(({ actions, resource }) => [actions, resource.split("/").at(-1)])).toEqual([
      [["iam:PassRole"], "http-crud-tutorial-admins-role"],
      [["iam:PassRole"], "http-crud-tutorial-authenticated-role"],
      [["iam:PassRole"], "http-crud-tutorial-guest-role"],
    ]);
  });

  it("that may not ask is told nothing but that", async () => {
    await person.may(without(policy, "iam:SimulatePrincipalPolicy"));
    expect(await check()).toMatchObject({
      verdict: "couldNotTell",
      asked: 0,
      nothing: { why: "refused", missing: "iam:SimulatePrincipalPolicy" },
    });
  });

  it("with a role that was given needs to look at it and to pass it on, and to make none of functions", async () => {
    const roleArn = "arn:aws:iam::000000000000:role/school/lambda";
    const given = await policyFor({ roleArn });
    const statement = (sid: string) => given.Statement.find(({ Sid }) => Sid === sid);
    expect(statement("GivenRole")).toMatchObject({ Action: ["iam:GetRole", "iam:PassRole"], Resource: [roleArn] });
    expect(statement("Roles")?.Resource.filter((arn) => /-(admins|authenticated|guest)-role$/.test(arn))).toHaveLength(
      3,
    );
    expect(statement("Roles")?.Resource).toHaveLength(3);
    await person.may(given);
    expect(await check({ roleArn })).toMatchObject({ lacking: [], untold: [] });
  });
});

it("of the account's own key nothing can be told", async () => {
  const report = await runOn(person.owner, checkPermissions);
  expect(report).toMatchObject({ verdict: "couldNotTell", asked: 0, nothing: { why: "root" } });
});

describe("the simulator's answers", () => {
  it("actions that cannot be asked about together are asked about in AWS's groups", async () => {
    await person.may(policy);
    const words = "Invalid Input Actions: [a:B,a:C] and [a:D] require different authorization information.";
    await cloud.failNext("SimulatePrincipalPolicy", { code: "InvalidInput", status: 400, message: words });
    await cloud.clearRequests();
    const verdicts = await runOn(person.owner, ({ session }) =>
      simulate(session.clients, { policySourceArn: ROLE_ARN, actions: ["a:B", "a:C", "a:D"] }),
    );
    await cloud.endFaults();
    expect(verdicts.map(({ action, decision }) => [action, decision])).toEqual([
      ["a:B", "implicitDeny"],
      ["a:C", "implicitDeny"],
      ["a:D", "implicitDeny"],
    ]);
    const asked = (await cloud.requests()).filter(({ operation }) => operation === "SimulatePrincipalPolicy");
    expect(asked).toHaveLength(3);
  });

  it("more than a hundred actions are asked about in several calls", async () => {
    const actions = Array.from({ length: 150 }, (_, index) => `a:B${index}`);
    const verdicts = await runOn(person.owner, ({ session }) =>
      simulate(session.clients, { policySourceArn: ROLE_ARN, actions }),
    );
    expect(verdicts.map(({ action }) => action)).toEqual(actions);
  });
});

describe("an account in an organization, as IAM answers about it", () => {
  let aws: Server;
  let answers: string[];
  beforeAll(async () => {
    aws = createServer((_request, response) => {
      response.setHeader("content-type", "text/xml");
      response.end(pageOf(answers.shift() ?? "", answers.length));
    });
    await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => aws.close());

  const ask = (pages: string[]) => {
    answers = pages;
    const { port } = aws.address() as AddressInfo;
    const connection = { region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials: KEYS };
    const clients = createClients({ connection, emit: () => undefined, signal: new AbortController().signal });
    return simulate(clients, { policySourceArn: ROLE_ARN, actions: ["iam:CreateRole"], resources: ["arn:x", "arn:y"] });
  };
  const KEYS = { accessKeyId: "AKIAEXAMPLEEXAMPLE00", secretAccessKey: "x" };

  it("all pages are read, and limits of organization and boundary are told of each resource", async () => {
    const organization =
      "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>";
    const boundary =
      "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>";
    const verdicts = await ask([
      resultOf(organization, specific("arn:x", "explicitDeny")),
      resultOf("", specific("arn:y", "implicitDeny", boundary)),
    ]);
    expect(verdicts.map(({ resource, decision, limitedBy }) => ({ resource, decision, limitedBy }))).toEqual([
      { resource: "arn:x", decision: "explicitDeny", limitedBy: ["organizations"] },
      { resource: "arn:y", decision: "implicitDeny", limitedBy: ["permissionsBoundary"] },
    ]);
  });
});

function specific(resource: string, decision: string, more = ""): string {
  return `<member><EvalResourceName>${resource}</EvalResourceName><EvalResourceDecision>${decision}</EvalResourceDecision>${more}</member>`;
}

function resultOf(detail: string, each: string): string {
  return `<member><EvalActionName>iam:CreateRole</EvalActionName><EvalResourceName>arn:\${Partition}:iam</EvalResourceName><EvalDecision>implicitDeny</EvalDecision>${detail}<ResourceSpecificResults>${each}</ResourceSpecificResults></member>`;
}

function pageOf(results: string, more: number): string {
  const paging = more > 0 ? "<IsTruncated>true</IsTruncated><Marker>next</Marker>" : "<IsTruncated>false</IsTruncated>";
  return `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults>${results}</EvaluationResults>${paging}</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
}
