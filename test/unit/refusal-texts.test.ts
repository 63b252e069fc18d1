// What is said when AWS refuses a call: what to do follows from its code, and from its words where the code says two things.

import { expect, it } from "vitest";
import { explain } from "../../src/cli/text/catalogue.ts";
import { en } from "../../src/cli/text/en.ts";
import { Problem } from "../../src/core/problem.ts";

const todoOf = (code: string, message: string): string | undefined =>
  explain(en.problems, new Problem("AwsRefused", { service: "X", operation: "SetIdentityPoolRoles", code, message }))
    .todo;

it("a role that is forbidden may be too fresh, or one that may not be passed: both are said", () => {
  const todo = todoOf("NotAuthorizedException", "Access to Role 'arn:aws:iam::1:role/x' is forbidden.");
  expect(todo).toMatch(/again in some minutes.*iam:PassRole/);
});

it("any other right that is missing is to be asked for", () => {
  expect(todoOf("AccessDeniedException", "not authorized to perform: iam:PassRole")).toMatch(/^Ask for the right/);
  expect(todoOf("NotAuthorizedException", "no")).toMatch(/^Ask for the right/);
});
