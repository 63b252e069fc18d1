// Effect, action, resource, and their negations.

import { ACCOUNT, allow, deny, FUNCTION, GROUP, READ, TABLE, WRITE } from "./case.ts";
import type { PolicyCase } from "./case.ts";

const LOGIC = "reference_policies_evaluation-logic_policy-eval-denyallow.html";
const ACTION = "reference_policies_elements_action.html";
const RESOURCE = "reference_policies_elements_resource.html";
const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html";
const STREAM = `${GROUP}:log-stream:2026/11/26/[$LATEST]0`;

export const ELEMENT_CASES: readonly PolicyCase[] = [
  { name: "nothing is allowed by default", page: LOGIC, role: [], answer: "not allowed" },
  { name: "what a statement allows", page: LOGIC, role: [allow(READ, TABLE)], answer: "allowed" },
  { name: "another action", page: LOGIC, role: [allow(WRITE, TABLE)], answer: "not allowed" },
  { name: "a deny beats an allow before it", page: LOGIC, role: [allow("*"), deny(READ)], answer: "denied" },
  { name: "a deny beats an allow behind it", page: LOGIC, role: [deny(READ), allow("*")], answer: "denied" },
  { name: "a deny of something else", page: LOGIC, role: [allow(READ), deny(WRITE)], answer: "allowed" },
  { name: "a deny alone allows nothing else", page: LOGIC, role: [deny(WRITE)], answer: "not allowed" },

  { name: "all actions", page: ACTION, role: [allow("*")], answer: "allowed" },
  { name: "all of a service", page: ACTION, role: [allow("dynamodb:*")], answer: "allowed" },
  { name: "all of another service", page: ACTION, role: [allow("s3:*")], answer: "not allowed" },
  { name: "a wildcard within the name", page: ACTION, role: [allow("dynamodb:*Item")], answer: "allowed" },
  { name: "one unknown character", page: ACTION, role: [allow("dynamodb:?etItem")], answer: "allowed" },
  {
    name: "a question mark is one character, not none",
    page: ACTION,
    role: [allow("dynamodb:GetItem?")],
    answer: "not allowed",
  },
  { name: "actions ignore case", page: ACTION, role: [allow("DYNAMODB:getITEM")], answer: "allowed" },
  { name: "one of several actions", page: ACTION, role: [allow([WRITE, READ])], answer: "allowed" },
  { name: "a part of a name is another action", page: ACTION, role: [allow("dynamodb:Get")], answer: "not allowed" },
  {
    name: "NotAction allows what it does not name",
    page: "reference_policies_elements_notaction.html",
    role: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
    answer: "allowed",
  },
  {
    name: "NotAction does not allow what it names",
    page: "reference_policies_elements_notaction.html",
    role: [{ Effect: "Allow", NotAction: ["dynamodb:Get*"], Resource: "*" }],
    answer: "not allowed",
  },
  {
    name: "a deny with NotAction takes everything else",
    page: "reference_policies_elements_notaction.html",
    role: [allow("*"), { Effect: "Deny", NotAction: "iam:*", Resource: "*" }],
    answer: "denied",
  },

  { name: "another resource", page: RESOURCE, role: [allow(READ, `${TABLE}2`)], answer: "not allowed" },
  {
    name: "resources have their case",
    page: RESOURCE,
    role: [allow(READ, TABLE.replace("items", "Items"))],
    answer: "not allowed",
  },
  {
    name: "a wildcard in the resource",
    page: RESOURCE,
    role: [allow(READ, TABLE.replace("items", "it*"))],
    answer: "allowed",
  },
  {
    name: "a wildcard for region and account",
    page: RESOURCE,
    role: [allow(READ, "arn:aws:dynamodb:*:*:table/items")],
    answer: "allowed",
  },
  {
    name: "one unknown character of the resource",
    page: RESOURCE,
    role: [allow(READ, TABLE.replace("items", "item?"))],
    answer: "allowed",
  },
  {
    name: "a wildcard stays within its part of the ARN",
    page: RESOURCE,
    role: [allow(READ, "arn:aws:dynamodb:eu*:table/items:*:*")],
    answer: "not allowed",
  },
  {
    name: "the last part's wildcard reaches over colons",
    page: RESOURCE,
    role: [allow("lambda:GetFunction", `arn:aws:lambda:eu-west-1:${ACCOUNT}:*`)],
    action: "lambda:GetFunction",
    resource: FUNCTION,
    answer: "allowed",
  },
  {
    name: "NotResource allows what it does not name",
    page: "reference_policies_elements_notresource.html",
    role: [{ Effect: "Allow", Action: READ, NotResource: `${TABLE}2` }],
    answer: "allowed",
  },
  {
    name: "a deny with NotResource takes what it does not name",
    page: "reference_policies_elements_notresource.html",
    role: [allow("*"), { Effect: "Deny", Action: "*", NotResource: `${TABLE}2` }],
    answer: "denied",
  },
  {
    name: "a table's policy says nothing of its index",
    page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
    role: [allow("dynamodb:Query", TABLE)],
    action: "dynamodb:Query",
    resource: `${TABLE}/index/by-name`,
    answer: "not allowed",
  },
  {
    name: "a log group with :* means its streams",
    page: LOGS,
    role: [allow("logs:PutLogEvents", `${GROUP}:*`)],
    action: "logs:PutLogEvents",
    resource: STREAM,
    answer: "allowed",
  },
  {
    name: "a log group without :* does not",
    page: LOGS,
    role: [allow("logs:PutLogEvents", GROUP)],
    action: "logs:PutLogEvents",
    resource: STREAM,
    answer: "not allowed",
  },
  {
    name: "an unqualified function is not its version",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html",
    role: [allow("lambda:InvokeFunction", FUNCTION)],
    action: "lambda:InvokeFunction",
    resource: `${FUNCTION}:$LATEST`,
    answer: "not allowed",
  },
  {
    name: "a function with :* is each of its versions, not itself",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html",
    role: [allow("lambda:InvokeFunction", `${FUNCTION}:*`)],
    action: "lambda:InvokeFunction",
    resource: FUNCTION,
    answer: "not allowed",
  },
];
