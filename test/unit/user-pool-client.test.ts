// What of an app client differs from what is wanted, where the local cloud cannot be asked.

import { expect, it } from "vitest";
import { userPoolClient } from "../../src/resources/cognito-idp/user-pool-client.ts";

const SPEC = { userPoolId: "us-east-1_Example00", clientName: "client" };
const DESCRIBED = {
  ClientName: "client",
  ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
  PreventUserExistenceErrors: "ENABLED",
  EnableTokenRevocation: true,
} as const;

const changesOf = (more: object): object[] => {
  const described = { ...DESCRIBED, ExplicitAuthFlows: [...DESCRIBED.ExplicitAuthFlows], ...more };
  const live = { userPoolId: SPEC.userPoolId, clientId: "c", described };
  return userPoolClient.diff(SPEC, { live, tags: "untaggable" });
};

it("refresh tokens that rotate are drift: REFRESH_TOKEN_AUTH renews none of them", () => {
  expect(changesOf({})).toEqual([]);
  expect(changesOf({ RefreshTokenRotation: { Feature: "DISABLED" } })).toEqual([]);
  expect(changesOf({ RefreshTokenRotation: { Feature: "ENABLED" } })).toEqual([
    { field: "RefreshTokenRotation.Feature", from: "ENABLED", to: "DISABLED" },
  ]);
});

it("a secret cannot be taken off: the client is made anew", () => {
  expect(changesOf({ ClientSecret: "s" })).toEqual([{ field: "GenerateSecret", from: true, to: false, replace: true }]);
});
