import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLocalHost, refusalOf } from "../../src/local/guard.ts";

describe("isLocalHost", () => {
  it.each([
    "127.0.0.1",
    "127.0.0.1:4566",
    "localhost",
    "LOCALHOST:80",
    "[::1]",
    "[::1]:4566",
    "abc123.execute-api.localhost:4566",
  ])("lets %s in", (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "example.com",
    "localhost.example.com",
    "127.0.0.1.example.com:80",
    "localhost:80@example.com",
    "notlocalhost",
    ".localhost",
    "0.0.0.0",
    "[::2]",
    "::1",
    "localhost:",
    "localhost:123456",
    "evil.com#.localhost",
    "127.1",
  ])("keeps %s out", (host) => {
    expect(isLocalHost(host)).toBe(false);
  });

  it("never takes a name of the public DNS", () => {
    fc.assert(fc.property(fc.domain(), fc.nat(65_535), (name, port) => !isLocalHost(`${name}:${port}`)));
  });
});

describe("refusalOf", () => {
  const host = "127.0.0.1:4566";

  it("lets programs in, which send no Origin, and pages of this machine", () => {
    expect(refusalOf({ host })).toBeUndefined();
    expect(refusalOf({ host, origin: "http://localhost:3000", "sec-fetch-site": "same-site" })).toBeUndefined();
    expect(refusalOf({ host, origin: "https://app.localhost" })).toBeUndefined();
    expect(refusalOf({ host, "sec-fetch-site": "none" })).toBeUndefined();
  });

  it.each([
    "https://example.com",
    "null",
    "file://",
    "http://localhost.example.com",
    "http://localhost/",
    "ftp://localhost",
  ])("keeps a page of %s out", (origin) => {
    expect(refusalOf({ host, origin })).toContain("Origin");
  });

  it("keeps a foreign host name out, and a request that a page of another site caused", () => {
    expect(refusalOf({ host: "rebound.example.com" })).toContain("Host");
    expect(refusalOf({})).toContain("Host");
    expect(refusalOf({ host, "sec-fetch-site": "cross-site" })).toContain("another site");
  });
});
