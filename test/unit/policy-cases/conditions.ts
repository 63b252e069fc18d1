// Condition operators, each with what it holds for and what not; their set forms, IfExists and Null.

import { allow, readIf, readUnless, ROLE } from "./case.ts";
import type { Answer, PolicyCase } from "./case.ts";

const OPERATORS = "reference_policies_elements_condition_operators.html";
const SETS = "reference_policies_condition-single-vs-multi-valued-context-keys.html";
const USER = "aws:userid";
const KEYS = "dynamodb:LeadingKeys";

type Row = readonly [
  operator: string,
  key: string,
  wanted: string | string[],
  given: string | undefined,
  answer: Answer,
];

const ROWS: readonly Row[] = [
  ["StringEquals", USER, "AROA:ada", "AROA:ada", "allowed"],
  ["StringEquals", USER, "aroa:ada", "AROA:ada", "not allowed"],
  ["StringEquals", USER, ["AROA:bob", "AROA:ada"], "AROA:ada", "allowed"],
  ["StringEquals", USER, "AROA:*", "AROA:ada", "not allowed"],
  ["StringNotEquals", USER, ["AROA:bob", "AROA:ada"], "AROA:ada", "not allowed"],
  ["StringNotEquals", USER, "AROA:bob", "AROA:ada", "allowed"],
  ["StringEqualsIgnoreCase", USER, "aroa:ADA", "AROA:ada", "allowed"],
  ["StringNotEqualsIgnoreCase", USER, "aroa:ADA", "AROA:ada", "not allowed"],
  ["StringLike", USER, "AROA:a?a", "AROA:ada", "allowed"],
  ["StringLike", USER, "a*", "AROA:ada", "not allowed"],
  ["StringNotLike", USER, "AROA:*", "AROA:ada", "not allowed"],
  ["NumericLessThan", "aws:MultiFactorAuthAge", "3600", "900", "allowed"],
  ["NumericLessThan", "aws:MultiFactorAuthAge", "900", "900", "not allowed"],
  ["NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "900", "900", "allowed"],
  ["NumericNotEquals", "aws:MultiFactorAuthAge", "900", "900", "not allowed"],
  ["DateGreaterThan", "aws:CurrentTime", "2026-11-26T12:00:00Z", "2026-11-26T14:00:00+01:00", "allowed"],
  ["DateLessThan", "aws:CurrentTime", "2026-11-26T12:00:00Z", "2026-11-26T12:00:01Z", "not allowed"],
  ["Bool", "aws:SecureTransport", "true", "true", "allowed"],
  ["Bool", "aws:SecureTransport", "false", "true", "not allowed"],
  ["IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.113.200", "allowed"],
  ["IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.114.1", "not allowed"],
  ["IpAddress", "aws:SourceIp", "203.0.113.7", "203.0.113.7", "allowed"],
  ["IpAddress", "aws:SourceIp", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", "allowed"],
  ["NotIpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.113.200", "not allowed"],
  ["ArnEquals", "aws:PrincipalArn", ROLE.replace("reader", "*"), ROLE, "allowed"],
  ["ArnLike", "aws:PrincipalArn", ROLE.replace("111122223333", "*"), ROLE, "allowed"],
  ["ArnLike", "aws:PrincipalArn", "arn:aws:iam:*:role/reader", ROLE, "not allowed"],
  ["ArnNotLike", "aws:PrincipalArn", ROLE, ROLE, "not allowed"],
  // A key that is not there.
  ["StringEquals", USER, "x", undefined, "not allowed"],
  ["StringNotEquals", USER, "x", undefined, "allowed"],
  ["StringEqualsIfExists", USER, "x", undefined, "allowed"],
  ["StringEqualsIfExists", USER, "x", "y", "not allowed"],
  ["Null", USER, "true", undefined, "allowed"],
  ["Null", USER, "false", undefined, "not allowed"],
  ["Null", USER, "true", "x", "not allowed"],
  ["BoolIfExists", "aws:MultiFactorAuthPresent", "true", undefined, "allowed"],
];

type SetRow = readonly [operator: string, wanted: string[], given: readonly string[] | undefined, answer: Answer];

const SET_ROWS: readonly SetRow[] = [
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], "allowed"],
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], "not allowed"],
  ["ForAllValues:StringEquals", ["a"], undefined, "allowed"],
  ["ForAnyValue:StringEquals", ["a"], ["a", "c"], "allowed"],
  ["ForAnyValue:StringEquals", ["a"], ["b", "c"], "not allowed"],
  ["ForAnyValue:StringEquals", ["a"], undefined, "not allowed"],
  ["ForAllValues:StringNotEquals", ["a"], ["b", "c"], "allowed"],
  ["ForAllValues:StringNotEquals", ["a"], ["a", "c"], "not allowed"],
  ["ForAnyValue:StringNotEquals", ["a"], ["a", "c"], "allowed"],
];

export const CONDITION_CASES: readonly PolicyCase[] = [
  ...ROWS.map(([operator, key, wanted, given, answer]) => ({
    name: `${operator} ${String(wanted)} of ${given ?? "nothing"}`,
    page: OPERATORS,
    role: readIf({ [operator]: { [key]: wanted } }),
    ...(given !== undefined && { keys: { [key]: given } }),
    answer,
  })),
  ...SET_ROWS.map(([operator, wanted, given, answer]) => ({
    name: `${operator} ${String(wanted)} of ${String(given ?? "nothing")}`,
    page: SETS,
    role: readIf({ [operator]: { [KEYS]: wanted } }),
    ...(given !== undefined && { keys: { [KEYS]: given } }),
    answer,
  })),
  {
    name: "all operators and all keys must hold",
    page: "reference_policies_elements_condition.html",
    role: readIf({
      StringEquals: { [USER]: "x", "aws:PrincipalType": "AssumedRole" },
      Bool: { "aws:SecureTransport": "false" },
    }),
    keys: { [USER]: "x", "aws:PrincipalType": "AssumedRole", "aws:SecureTransport": "true" },
    answer: "not allowed",
  },
  {
    name: "keys ignore case",
    page: "reference_policies_elements_condition.html",
    role: readIf({ StringEquals: { "AWS:USERID": "x" } }),
    keys: { [USER]: "x" },
    answer: "allowed",
  },
  {
    name: "a deny with a negated operator applies when the key is absent",
    page: OPERATORS,
    role: readUnless({ StringNotEquals: { "aws:SourceVpc": "vpc-1" } }),
    answer: "denied",
  },
  {
    name: "a deny whose condition does not hold",
    page: OPERATORS,
    role: readUnless({ StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } }),
    keys: { "aws:RequestedRegion": "eu-west-1" },
    answer: "allowed",
  },
  {
    name: "a condition that an allow does not meet leaves the next one",
    page: "reference_policies_evaluation-logic_policy-eval-denyallow.html",
    role: [...readIf({ StringEquals: { [USER]: "y" } }), allow("dynamodb:*")],
    keys: { [USER]: "x" },
    answer: "allowed",
  },
];
