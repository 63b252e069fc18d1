// Policy variables, and the rows of their own that users of an identity pool have by them.

import { allow, TABLE, WRITE } from "./case.ts";
import type { Answer, PolicyCase } from "./case.ts";

const PAGE = "reference_policies_variables.html";
const ROWS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html";
const SUB = "cognito-identity.amazonaws.com:sub";
const KEYS = "dynamodb:LeadingKeys";
const ID = "eu-west-1:abc";

/** It knows no versions of policies. */
const fills = (answer: Answer) => ({ answer, because: "it fills variables of policies older than variables, too" });

/** As `awsls identity enable` writes it. */
const OWN_ROWS = [
  allow(["dynamodb:PutItem", "dynamodb:Scan", "dynamodb:BatchGetItem"], TABLE, {
    "ForAllValues:StringLike": { [KEYS]: [`\${${SUB}}:*`] },
    Null: { [KEYS]: "false" },
  }),
];
const WITHOUT_NULL = [allow(WRITE, TABLE, { "ForAllValues:StringLike": { [KEYS]: [`\${${SUB}}:*`] } })];
const home = (pattern: string) => [allow("s3:GetObject", `arn:aws:s3:::home/${pattern}`)];
const object = (key: string) => ({ action: "s3:GetObject", resource: `arn:aws:s3:::home/${key}` });

export const VARIABLE_CASES: readonly PolicyCase[] = [
  {
    name: "a variable in the resource",
    page: PAGE,
    role: home("${aws:userid}/*"),
    ...object("ada/x"),
    keys: { "aws:userid": "ada" },
    answer: "allowed",
  },
  {
    name: "of somebody else",
    page: PAGE,
    role: home("${aws:userid}/*"),
    ...object("bob/x"),
    keys: { "aws:userid": "ada" },
    answer: "not allowed",
  },
  {
    name: "a variable's name ignores case",
    page: PAGE,
    role: home("${AWS:UserId}/*"),
    ...object("ada/x"),
    keys: { "aws:userid": "ada" },
    answer: "allowed",
  },
  {
    name: "a variable without a value matches nothing",
    page: PAGE,
    role: home("${aws:userid}*"),
    ...object("x"),
    answer: "not allowed",
  },
  {
    name: "a default value",
    page: PAGE,
    role: home("${aws:PrincipalTag/team, 'all'}/*"),
    ...object("all/x"),
    answer: "allowed",
  },
  {
    name: "a default value that is not needed",
    page: PAGE,
    role: home("${aws:PrincipalTag/team, 'all'}/*"),
    ...object("all/x"),
    keys: { "aws:PrincipalTag/team": "blue" },
    answer: "not allowed",
  },
  { name: "an escaped star is a star", page: PAGE, role: home("${*}"), ...object("*"), answer: "allowed" },
  { name: "an escaped star is no wildcard", page: PAGE, role: home("${*}"), ...object("x"), answer: "not allowed" },
  {
    name: "an escaped question mark is no wildcard",
    page: PAGE,
    role: home("${?}"),
    ...object("x"),
    answer: "not allowed",
  },
  { name: "an escaped dollar", page: PAGE, role: home("${$}{x}"), ...object("${x}"), answer: "allowed" },
  {
    name: "version 2008: a variable is text",
    page: "reference_policies_elements_version.html",
    version: "2008-10-17",
    role: home("${aws:userid}/x"),
    ...object("ada/x"),
    keys: { "aws:userid": "ada" },
    answer: "not allowed",
    elsewhere: fills("allowed"),
  },
  {
    name: "version 2008: the text itself",
    page: "reference_policies_elements_version.html",
    version: "2008-10-17",
    role: home("${aws:userid}/x"),
    ...object("${aws:userid}/x"),
    keys: { "aws:userid": "ada" },
    answer: "allowed",
    elsewhere: fills("not allowed"),
  },
  {
    name: "a variable in a condition",
    page: PAGE,
    role: [allow(WRITE, "*", { StringEquals: { "aws:RequestTag/owner": "${aws:userid}" } })],
    keys: { "aws:userid": "ada", "aws:RequestTag/owner": "ada" },
    answer: "allowed",
    action: WRITE,
  },
  {
    name: "a star in a variable's value is no wildcard",
    page: PAGE,
    role: home("${aws:PrincipalTag/team}/x"),
    ...object("blue/x"),
    keys: { "aws:PrincipalTag/team": "*" },
    answer: "not allowed",
  },
  {
    name: "a question mark in a variable's value is no wildcard",
    page: PAGE,
    role: home("${aws:PrincipalTag/team}"),
    ...object("b"),
    keys: { "aws:PrincipalTag/team": "?" },
    answer: "not allowed",
  },

  {
    name: "a row of one's own",
    page: ROWS,
    role: OWN_ROWS,
    action: WRITE,
    keys: { [SUB]: ID, [KEYS]: [`${ID}:note`] },
    answer: "allowed",
  },
  {
    name: "a row of another",
    page: ROWS,
    role: OWN_ROWS,
    action: WRITE,
    keys: { [SUB]: ID, [KEYS]: ["eu-west-1:xyz:note"] },
    answer: "not allowed",
  },
  {
    name: "a row of somebody whose id begins alike",
    page: ROWS,
    role: OWN_ROWS,
    action: WRITE,
    keys: { [SUB]: ID, [KEYS]: ["eu-west-1:abcd:note"] },
    answer: "not allowed",
  },
  {
    name: "one of two rows is another's",
    page: ROWS,
    role: OWN_ROWS,
    action: "dynamodb:BatchGetItem",
    keys: { [SUB]: ID, [KEYS]: [`${ID}:a`, "x"] },
    answer: "not allowed",
  },
  {
    name: "a Scan has no leading keys",
    page: ROWS,
    role: OWN_ROWS,
    action: "dynamodb:Scan",
    keys: { [SUB]: ID },
    answer: "not allowed",
  },
  {
    name: "without Null an absent key is let through",
    page: "reference_policies_condition-single-vs-multi-valued-context-keys.html",
    role: WITHOUT_NULL,
    action: WRITE,
    keys: { [SUB]: ID },
    answer: "allowed",
  },
  {
    name: "a Scan without a condition",
    page: ROWS,
    role: [...OWN_ROWS, allow("dynamodb:Scan", TABLE)],
    action: "dynamodb:Scan",
    keys: { [SUB]: ID },
    answer: "allowed",
  },
  {
    name: "nobody's session has no rows",
    page: ROWS,
    role: OWN_ROWS,
    action: WRITE,
    keys: { [KEYS]: [":note"] },
    answer: "not allowed",
  },
  {
    name: "an id with a star is one id",
    page: ROWS,
    role: OWN_ROWS,
    action: WRITE,
    keys: { [SUB]: "*", [KEYS]: ["x:note"] },
    answer: "not allowed",
  },
  {
    name: "version 2008: nobody's rows",
    page: "reference_policies_elements_version.html",
    version: "2008-10-17",
    role: OWN_ROWS,
    action: WRITE,
    keys: { [SUB]: ID, [KEYS]: [`${ID}:note`] },
    answer: "not allowed",
    elsewhere: fills("allowed"),
  },
];
