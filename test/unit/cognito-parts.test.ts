// Small parts of the user pools: temporary passwords, filters, pages, masked addresses.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTimely } from "../../src/local/cognito-idp/srp-time.ts";
import { deliveryTo } from "../../src/local/cognito-idp/code-mail.ts";
import { pageOf } from "../../src/local/cognito-idp/input.ts";
import { parseFilter } from "../../src/local/cognito-idp/list-users.ts";
import { requireGoodPassword, temporaryPassword } from "../../src/local/cognito-idp/password-policy.ts";
import { toSettings } from "../../src/local/cognito-idp/pool-settings.ts";
import type { User, UserPool } from "../../src/local/cognito-idp/records.ts";
import { AwsError } from "../../src/local/service.ts";

function poolWith(policy: object): UserPool {
  return {
    id: "us-east-1_Abcdefgh1",
    name: "p",
    createdAt: 0,
    modifiedAt: 0,
    usernameAttributes: ["email"],
    isCaseSensitive: false,
    settings: toSettings({ Policies: { PasswordPolicy: { ...policy } } }),
    mfa: { configuration: "OFF", isSoftwareTokenEnabled: false },
    tags: {},
  };
}

function userWith(attributes: Readonly<Record<string, string>>): User {
  return {
    poolId: "us-east-1_Abcdefgh1",
    username: "u",
    sub: "u",
    attributes,
    status: "CONFIRMED",
    isEnabled: true,
    createdAt: 0,
    modifiedAt: 0,
    usesSoftwareToken: false,
    prefersSoftwareToken: false,
    groups: [],
  };
}

const POLICY = fc.record({
  MinimumLength: fc.integer({ min: 6, max: 99 }),
  RequireUppercase: fc.boolean(),
  RequireLowercase: fc.boolean(),
  RequireNumbers: fc.boolean(),
  RequireSymbols: fc.boolean(),
});

describe("a temporary password", () => {
  it("is good enough for every policy, and never the same", () => {
    fc.assert(
      fc.property(POLICY, (policy) => {
        const pool = poolWith(policy);
        const [one, two] = [temporaryPassword(pool), temporaryPassword(pool)];
        requireGoodPassword(pool, one);
        return one !== two && !/\s/.test(one);
      }),
    );
  });
});

describe("a filter", () => {
  it("finds exactly the users with that name, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        const quoted = name.replace(/[\\"]/g, "\\$&");
        const matches = parseFilter(poolWith({}), `name = "${quoted}"`);
        return matches(userWith({ name })) && matches(userWith({ name: other })) === (name === other);
      }),
    );
  });

  it("that is none is refused, and nothing else goes wrong", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        try {
          parseFilter(poolWith({}), text);
        } catch (error) {
          return error instanceof AwsError && error.code === "InvalidParameterException";
        }
        return true;
      }),
    );
  });
});

describe("pages", () => {
  it("hold every item once, in order, however long they are", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 60 }), (items, limit) => {
        const seen: string[] = [];
        let token: string | undefined;
        do {
          const { page, next } = pageOf(items, (item) => item, limit, token);
          seen.push(...page);
          token = next;
        } while (token !== undefined);
        expect(seen).toEqual(items.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });
});

describe("an address that a code was sent to", () => {
  it.each([
    ["ann@example.com", "a***@e***"],
    ["a@b.org", "a***@b***"],
    ["nonsense", "n***@***"],
    ["Ann@Example.com", "a***@e***"],
  ])("%s is shown as %s", (address, shown) => {
    const details = { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: shown };
    expect(deliveryTo(poolWith({}), address)).toEqual(details);
  });

  it("keep their case where it counts", () => {
    const pool = { ...poolWith({}), isCaseSensitive: true };
    expect(deliveryTo(pool, "Ann@Example.com")).toMatchObject({ Destination: "A***@E***" });
  });
});

describe("the time in a proof of SRP", () => {
  const now = Date.parse("2026-11-05T09:00:00Z");
  it.each([
    ["Thu Nov 5 09:00:00 UTC 2026", true],
    ["Thu Nov 5 09:05:00 UTC 2026", true],
    ["Thu Nov 5 09:05:01 UTC 2026", false],
    ["Thu Nov 05 09:00:00 UTC 2026", false],
    ["Fri Nov 5 09:00:00 UTC 2026", false],
    ["Xyz Abc 99 99:99:99 QQQ 0000", false],
  ])("%s: %s", (timestamp, expected) => {
    expect(isTimely(timestamp, now)).toBe(expected);
  });
});
