// What the administrator's commands of sign-in take: addresses, names of groups, options that exclude each other.

import { expect, it } from "vitest";
import { toAddressee, toGroup, toMembership, toUserCreateOptions } from "../../src/cli/auth-admin-options.ts";

function refused(option: string, must: string): unknown {
  return expect.objectContaining({
    code: "InvalidOption",
    exitCode: 2,
    data: expect.objectContaining({ option, must }) as object,
  });
}

it.each(["kim@example.com", "o'brien+a@b.co", '"quoted"@example.com', "김@한국.kr"])("%s is an address", (email) => {
  expect(toAddressee({ email })).toBe(email);
});

it.each(["", "kim", "@example.com", "kim@", "a@b@c", "kim @example.com", "kim@example.com\n", "-x"])(
  "%j is none",
  (email) => {
    expect(() => toAddressee({ email })).toThrow(refused("<email>", "email"));
    expect(() => toMembership({ group: "admins", email })).toThrow(refused("<email>", "email"));
    expect(() => toUserCreateOptions({ email })).toThrow(refused("<email>", "email"));
  },
);

it("nobody's mails alone are everybody's", () => {
  expect(toAddressee({})).toBeUndefined();
});

it.each(["admins", "관리자", "x-admins", "a/b", "[admins]", "x".repeat(128)])("%s is a group's name", (group) => {
  expect(toGroup({ group })).toBe(group);
});

it.each(["", " ", "two words", "tab\tin", "line\n", "x".repeat(129), "bell\u0007"])("%j is none", (group) => {
  expect(() => toGroup({ group })).toThrow(refused("<group>", "groupName"));
});

it("a mail is not sent again to somebody who is given a password", () => {
  const email = "kim@example.com";
  expect(toUserCreateOptions({ email })).toEqual({ email, resend: false, hasPassword: false });
  expect(toUserCreateOptions({ email, resend: true })).toEqual({ email, resend: true, hasPassword: false });
  expect(toUserCreateOptions({ email, passwordStdin: true })).toEqual({ email, resend: false, hasPassword: true });
  expect(() => toUserCreateOptions({ email, resend: true, passwordStdin: true })).toThrow(
    refused("--resend", "noPassword"),
  );
});
