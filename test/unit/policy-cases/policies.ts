// Policies of several kinds together: the role's, the session's own, the resource's.

import { ACCOUNT, allow, deny, FUNCTION, READ, ROLE, SESSION, WRITE } from "./case.ts";
import type { PolicyCase } from "./case.ts";

const SESSIONS = "access_policies.html#policies_session";
const RESOURCES = "reference_policies_evaluation-logic_policy-eval-basics-resource.html";
const INVOKE = { action: "lambda:InvokeFunction", resource: FUNCTION };
const letting = (Principal: unknown, more: object = {}) => [
  { Effect: "Allow", Principal, Action: "lambda:InvokeFunction", Resource: FUNCTION, ...more },
];

export const POLICY_CASES: readonly PolicyCase[] = [
  { name: "both allow", page: SESSIONS, role: [allow(READ)], session: [allow("dynamodb:*")], answer: "allowed" },
  {
    name: "the session's policy does not",
    page: SESSIONS,
    role: [allow("dynamodb:*")],
    session: [allow(WRITE)],
    answer: "not allowed",
  },
  {
    name: "a session's policy gives nothing",
    page: SESSIONS,
    role: [allow(WRITE)],
    session: [allow(READ)],
    answer: "not allowed",
  },
  {
    name: "the session's policy denies",
    page: SESSIONS,
    role: [allow(READ)],
    session: [allow("*"), deny(READ)],
    answer: "denied",
  },
  {
    name: "the role's policy denies",
    page: SESSIONS,
    role: [allow("*"), deny(READ)],
    session: [allow("*")],
    answer: "denied",
  },

  {
    name: "the resource lets the role in",
    page: RESOURCES,
    role: [],
    of: letting({ AWS: ROLE }),
    ...INVOKE,
    answer: "allowed",
  },
  {
    name: "the resource lets the session in",
    page: RESOURCES,
    role: [],
    of: letting({ AWS: SESSION }),
    ...INVOKE,
    answer: "allowed",
  },
  { name: "the resource lets everybody in", page: RESOURCES, role: [], of: letting("*"), ...INVOKE, answer: "allowed" },
  {
    name: "the resource leaves it to the account",
    page: "reference_policies_elements_principal.html#principal-accounts",
    role: [],
    of: letting({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
    ...INVOKE,
    answer: "not allowed",
  },
  {
    name: "the account's policies hand it on",
    page: "reference_policies_elements_principal.html#principal-accounts",
    role: [allow("lambda:*")],
    of: letting({ AWS: ACCOUNT }),
    ...INVOKE,
    answer: "allowed",
  },
  {
    name: "the resource lets somebody else in",
    page: RESOURCES,
    role: [],
    of: letting({ AWS: `${ROLE}2` }),
    ...INVOKE,
    answer: "not allowed",
  },
  {
    name: "the resource lets a service in",
    page: RESOURCES,
    role: [],
    of: letting({ Service: "apigateway.amazonaws.com" }),
    ...INVOKE,
    answer: "not allowed",
  },
  {
    name: "the role alone is enough within the account",
    page: RESOURCES,
    role: [allow("lambda:InvokeFunction")],
    of: letting({ Service: "apigateway.amazonaws.com" }),
    ...INVOKE,
    answer: "allowed",
  },
  {
    name: "the resource denies what the role allows",
    page: RESOURCES,
    role: [allow("*")],
    of: letting({ AWS: ROLE }, { Effect: "Deny" }),
    ...INVOKE,
    answer: "denied",
  },
  {
    name: "the role denies what the resource allows",
    page: RESOURCES,
    role: [deny("lambda:*")],
    of: letting({ AWS: ROLE }),
    ...INVOKE,
    answer: "denied",
  },
  {
    name: "what a role is let do is limited by its session's policy",
    page: RESOURCES,
    role: [],
    session: [allow(READ)],
    of: letting({ AWS: ROLE }),
    ...INVOKE,
    answer: "not allowed",
  },
  {
    name: "what a session is let do is not",
    page: RESOURCES,
    role: [],
    session: [allow(READ)],
    of: letting({ AWS: SESSION }),
    ...INVOKE,
    answer: "allowed",
    elsewhere: {
      answer: "not allowed",
      because: "it takes the session's policy away from it; AWS's page says that this is not filtered by it",
    },
  },
  {
    name: "a resource's condition that does not hold",
    page: RESOURCES,
    role: [],
    of: letting("*", { Condition: { StringEquals: { "aws:PrincipalAccount": "444455556666" } } }),
    ...INVOKE,
    keys: { "aws:PrincipalAccount": ACCOUNT },
    answer: "not allowed",
  },
  {
    name: "passing a role to a service that it is not for",
    page: "id_roles_use_passrole.html",
    role: [allow("iam:PassRole", ROLE, { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } })],
    action: "iam:PassRole",
    resource: ROLE,
    keys: { "iam:PassedToService": "cognito-identity.amazonaws.com" },
    answer: "not allowed",
  },
  {
    name: "passing a role to the service that it is for",
    page: "id_roles_use_passrole.html",
    role: [allow("iam:PassRole", ROLE, { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } })],
    action: "iam:PassRole",
    resource: ROLE,
    keys: { "iam:PassedToService": "lambda.amazonaws.com" },
    answer: "allowed",
  },
];
