// What is said when Cognito refuses: each says what to do, and by a command where there is one.

import { describe, expect, it } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { explain } from "../../src/cli/text/catalogue.ts";
import { en } from "../../src/cli/text/en.ts";
import type { AuthRefusal } from "../../src/core/sign-in.ts";

const email = "alice@example.com";
const said = (why: AuthRefusal, command = "auth sign-in") =>
  explain(en.problems, new Problem("AuthRefused", { why, command, email, message: "Cognito's words" }));

describe("a refusal", () => {
  it.each([
    ["password", "auth sign-in", `awsls auth forgot-password ${email}`],
    ["notConfirmed", "auth sign-in", `awsls auth confirm ${email}`],
    ["notConfirmed", "auth sign-in", `awsls auth resend-code ${email}`],
    ["resetRequired", "auth sign-in", `awsls auth reset-password ${email}`],
    ["exists", "auth sign-up", `awsls auth sign-in ${email}`],
    ["unknownUser", "auth sign-in", `awsls auth sign-up ${email}`],
    ["code", "auth confirm", `awsls auth resend-code ${email}`],
    ["expiredCode", "auth reset-password", `awsls auth forgot-password ${email}`],
    ["code", "auth sign-in", "authenticator app's next code"],
    ["totp", "auth mfa enable", "awsls auth mfa enable --code"],
    ["unverified", "auth forgot-password", `awsls auth users confirm ${email}`],
    ["gone", "auth sign-in", "awsls auth enable"],
    ["flow", "auth sign-in", "awsls auth enable"],
    ["attempts", "auth sign-in", "15"],
  ] as const)("%s at %s: %s", (why, command, todo) => {
    const explained = said(why, command);
    expect(explained.todo).toContain(todo);
    expect(explained.details).toBe("Cognito's words");
  });

  it("of a wrong password does not tell whether there is such a user; of a wrong current one there is no doubt", () => {
    expect(said("password").what).toContain("or there is no user");
    const current = explain(
      en.problems,
      new Problem("AuthRefused", { why: "password", command: "auth change-password", message: "" }),
    );
    expect(current.what).toBe("The current password is wrong.");
    expect(current.todo).not.toContain("forgot-password");
  });
});
