import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
  type SimulateCustomPolicyCommandInput,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";

const ROLE = "arn:aws:iam::000000000000:role/pool/reader";
const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/items";
const OTHER = "arn:aws:dynamodb:us-east-1:000000000000:table/other";
const ROWS = {
  "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}:*"] },
  Null: { "dynamodb:LeadingKeys": "false" },
};
const READ = { Sid: "Read", Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Scan"], Resource: TABLE };
const WRITE = { Sid: "Write", Effect: "Allow", Action: "dynamodb:PutItem", Resource: TABLE, Condition: ROWS };
const DENY = { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" };
const DOCUMENT = policyOf(READ, WRITE, DENY);

let cloud: TestCloud;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = new IAMClient(cloud.config);
  const RoleName = "reader";
  await iam.send(new CreateRoleCommand({ RoleName, Path: "/pool/", AssumeRolePolicyDocument: LAMBDA_TRUST }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "rows", PolicyDocument: DOCUMENT }));
  const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
});
afterAll(() => cloud.close());

function policyOf(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

type Asked = Partial<SimulatePrincipalPolicyCommandInput> & { readonly ActionNames: string[] };
const simulate = (input: Asked) => iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: ROLE, ...input }));
const simulateCustom = (input: SimulateCustomPolicyCommandInput) => iam.send(new SimulateCustomPolicyCommand(input));

describe("SimulatePrincipalPolicy", () => {
  it("names the statement that allows, where it is in the policy", async () => {
    const { EvaluationResults = [], IsTruncated } = await simulate({
      ActionNames: ["dynamodb:GetItem"],
      ResourceArns: [TABLE],
    });
    expect(IsTruncated).toBe(false);
    const start = DOCUMENT.indexOf(JSON.stringify(READ)) + 1;
    const matched = {
      SourcePolicyId: "role_reader_rows",
      SourcePolicyType: "IAM Policy",
      StartPosition: { Line: 1, Column: start },
      EndPosition: { Line: 1, Column: start + JSON.stringify(READ).length },
    };
    expect(EvaluationResults).toEqual([
      {
        EvalActionName: "dynamodb:GetItem",
        EvalResourceName: "*",
        EvalDecision: "allowed",
        MatchedStatements: [matched],
        MissingContextValues: [],
        EvalDecisionDetails: {},
        ResourceSpecificResults: [
          {
            EvalResourceName: TABLE,
            EvalResourceDecision: "allowed",
            MatchedStatements: [matched],
            MissingContextValues: [],
          },
        ],
      },
    ]);
  });

  it("tells resources apart, and answers for all of them with the strictest", async () => {
    const { EvaluationResults = [] } = await simulate({
      ActionNames: ["dynamodb:Scan"],
      ResourceArns: [TABLE, OTHER],
    });
    const [result] = EvaluationResults;
    expect(result).toMatchObject({ EvalDecision: "implicitDeny", MatchedStatements: [] });
    expect(result?.ResourceSpecificResults?.map((each) => [each.EvalResourceName, each.EvalResourceDecision])).toEqual([
      [TABLE, "allowed"],
      [OTHER, "implicitDeny"],
    ]);
  });

  it("without resources asks about all of them, which a statement about one does not allow", async () => {
    const { EvaluationResults = [] } = await simulate({ ActionNames: ["dynamodb:Scan", "logs:PutLogEvents"] });
    expect(EvaluationResults).toMatchObject([
      { EvalActionName: "dynamodb:Scan", EvalDecision: "implicitDeny", EvalResourceName: "*" },
      {
        EvalActionName: "logs:PutLogEvents",
        EvalDecision: "allowed",
        MatchedStatements: [{ SourcePolicyId: "AWSLambdaBasicExecutionRole" }],
      },
    ]);
    expect(EvaluationResults[0]).not.toHaveProperty("ResourceSpecificResults");
  });

  it("a deny beats every allow, and alone is named", async () => {
    const { EvaluationResults = [] } = await simulate({
      ActionNames: ["dynamodb:DeleteTable"],
      ResourceArns: [TABLE],
      PolicyInputList: [policyOf({ Effect: "Allow", Action: "dynamodb:*", Resource: "*" })],
    });
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: "explicitDeny", MatchedStatements: [{ SourcePolicyId: "role_reader_rows" }] },
    ]);
  });

  it("adds policies that are given", async () => {
    const { EvaluationResults } = await simulate({
      ActionNames: ["dynamodb:Query"],
      ResourceArns: [TABLE],
      PolicyInputList: [policyOf({ Effect: "Allow", Action: "dynamodb:Query", Resource: TABLE })],
    });
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: "allowed", MatchedStatements: [{ SourcePolicyId: "PolicyInputList.1" }] },
    ]);
  });

  const sub = "us-east-1:0000";
  it.each([
    { key: `${sub}:a`, decision: "allowed" },
    { key: `${sub}1:a`, decision: "implicitDeny" },
    { key: "1", decision: "implicitDeny" },
  ])("a row $key is $decision", async ({ key, decision }) => {
    const { EvaluationResults } = await simulate({
      ActionNames: ["dynamodb:PutItem"],
      ResourceArns: [TABLE],
      ContextEntries: [
        { ContextKeyName: "dynamodb:LeadingKeys", ContextKeyType: "stringList", ContextKeyValues: [key] },
        { ContextKeyName: "cognito-identity.amazonaws.com:sub", ContextKeyType: "string", ContextKeyValues: [sub] },
      ],
    });
    expect(EvaluationResults).toMatchObject([{ EvalDecision: decision, MissingContextValues: [] }]);
  });

  it("names the keys that it was not told", async () => {
    const { EvaluationResults } = await simulate({ ActionNames: ["dynamodb:PutItem"], ResourceArns: [TABLE] });
    const missing = ["dynamodb:LeadingKeys", "cognito-identity.amazonaws.com:sub"];
    expect(EvaluationResults).toMatchObject([
      {
        EvalDecision: "implicitDeny",
        MissingContextValues: missing,
        ResourceSpecificResults: [{ MissingContextValues: missing }],
      },
    ]);
  });

  it("knows the role's own ARN and tags, and those of a caller instead", async () => {
    await iam.send(new TagRoleCommand({ RoleName: "reader", Tags: [{ Key: "team", Value: "blue" }] }));
    const condition = { StringEquals: { "aws:PrincipalArn": ROLE, "aws:PrincipalTag/team": "blue" } };
    const PolicyInputList = [policyOf({ Effect: "Allow", Action: "s3:*", Resource: "*", Condition: condition })];
    const own = await simulate({ ActionNames: ["s3:GetObject"], PolicyInputList });
    expect(own.EvaluationResults).toMatchObject([{ EvalDecision: "allowed", MissingContextValues: [] }]);
    const CallerArn = "arn:aws:iam::000000000000:user/kim";
    const others = await simulate({ ActionNames: ["s3:GetObject"], PolicyInputList, CallerArn });
    expect(others.EvaluationResults).toMatchObject([{ EvalDecision: "implicitDeny" }]);
  });

  it("answers in pages", async () => {
    const ActionNames = ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query"];
    const first = await simulate({ ActionNames, MaxItems: 2 });
    expect(first).toMatchObject({ IsTruncated: true });
    expect(first.EvaluationResults).toHaveLength(2);
    const { EvaluationResults, IsTruncated } = await simulate({ ActionNames, MaxItems: 2, Marker: first.Marker });
    expect(EvaluationResults).toMatchObject([{ EvalActionName: "dynamodb:Query" }]);
    expect(IsTruncated).toBe(false);
  });

  it.each([
    { what: "root", arn: "arn:aws:iam::000000000000:root", name: "InvalidInputException" },
    { what: "a session", arn: "arn:aws:sts::000000000000:assumed-role/reader/x", name: "InvalidInputException" },
    { what: "a role by another path", arn: "arn:aws:iam::000000000000:role/reader", name: "NoSuchEntityException" },
    { what: "a user", arn: "arn:aws:iam::000000000000:user/reader", name: "NoSuchEntityException" },
  ])("refuses $what", async ({ arn, name }) => {
    await expect(simulate({ PolicySourceArn: arn, ActionNames: ["s3:GetObject"] })).rejects.toMatchObject({ name });
  });

  it("refuses what is no ARN, and what is no caller", async () => {
    const ActionNames = ["dynamodb:GetItem"];
    await expect(simulate({ ActionNames, ResourceArns: ["items"] })).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "ResourceNames are not in a valid ARN format: items.",
    });
    const CallerArn = "arn:aws:sts::000000000000:assumed-role/reader/x";
    await expect(simulate({ ActionNames, CallerArn })).rejects.toMatchObject({
      name: "InvalidInputException",
      message: `Invalid Entity Arn: ${CallerArn} does not clearly define entity type and name.`,
    });
  });
});

describe("SimulateCustomPolicy", () => {
  it("decides by the policies that are given alone", async () => {
    const { EvaluationResults } = await simulateCustom({
      ActionNames: ["dynamodb:GetItem", "logs:PutLogEvents"],
      ResourceArns: [TABLE],
      PolicyInputList: [policyOf(DENY), policyOf(READ)],
    });
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: "allowed", MatchedStatements: [{ SourcePolicyId: "PolicyInputList.2" }] },
      { EvalDecision: "implicitDeny" },
    ]);
  });

  it("refuses what is no policy", async () => {
    await expect(
      simulateCustom({ ActionNames: ["s3:GetObject"], PolicyInputList: ['{"Statement":[]}'] }),
    ).rejects.toMatchObject({ name: "InvalidInputException" });
  });
});
