// An input that an operation takes, made from its shape: required members alone, each with a value that AWS would take.

import type { Json, JsonObject, Operation, Shape } from "../../src/local/service.ts";

const ACCOUNT = "000000000000";
const DOCUMENT = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
});
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
});
const POOL = "us-east-1:00000000-0000-4000-8000-000000000000";

/** What a pattern asks for, by the member's name in small letters. */
const TEXTS: Readonly<Record<string, string>> = {
  action: "lambda:InvokeFunction",
  arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`,
  assumerolepolicydocument: TRUST,
  identityid: POOL,
  identityidstodelete: POOL,
  identitypoolid: POOL,
  logstreamname: "s",
  policyarn: `arn:aws:iam::${ACCOUNT}:policy/p`,
  policydocument: DOCUMENT,
  policyinputlist: DOCUMENT,
  policysourcearn: `arn:aws:iam::${ACCOUNT}:role/r`,
  principal: "apigateway.amazonaws.com",
  role: `arn:aws:iam::${ACCOUNT}:role/r`,
  rolearn: `arn:aws:iam::${ACCOUNT}:role/r`,
  roles: `arn:aws:iam::${ACCOUNT}:role/r`,
  runtime: "nodejs24.x",
  userpoolid: "us-east-1_abcdefghi",
  versionid: "v1",
};
/** Of what is tagged, by its service. */
const TAGGED: Readonly<Record<string, string>> = {
  apigateway: "arn:aws:apigateway:us-east-1::/apis/a",
  "cognito-identity": `arn:aws:cognito-identity:us-east-1:${ACCOUNT}:identitypool/${POOL}`,
  "cognito-idp": `arn:aws:cognito-idp:us-east-1:${ACCOUNT}:userpool/us-east-1_abcdefghi`,
  dynamodb: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/items`,
  events: `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`,
  lambda: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`,
  logs: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g`,
};

export function sampleInput(service: string, { input }: Pick<Operation, "input">): JsonObject {
  return membersOf(service, input);
}

function membersOf(service: string, shapes: Readonly<Record<string, Shape>>): JsonObject {
  const required = Object.entries(shapes).filter(([, shape]) => shape.required === true);
  return Object.fromEntries(required.map(([name, shape]) => [name, valueOf(service, name, shape)]));
}

function valueOf(service: string, name: string, shape: Shape): Json {
  switch (shape.type) {
    case "integer":
      return shape.min ?? 1;
    case "boolean":
      return true;
    case "timestamp":
      return 0;
    case "blob":
      return "";
    case "list":
      return shape.of === undefined ? [] : [valueOf(service, name, shape.of)];
    case "map":
      return shape.of === undefined
        ? {}
        : { [name === "Roles" ? "authenticated" : "k"]: valueOf(service, name, shape.of) };
    case "structure":
      return membersOf(service, shape.members ?? {});
    case "string":
      return textOf(service, name, shape);
  }
}

function textOf(service: string, name: string, { values, min = 1 }: Shape): string {
  const small = name.toLowerCase();
  if (small === "resourcearn" || (service === "lambda" && small === "resource")) return TAGGED[service] ?? "";
  return TEXTS[small] ?? values?.[0] ?? "x".repeat(min);
}
