// The file of tokens, and what they say.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimsOf, expiryHere } from "../../src/commands/auth-claims.ts";
import { en as text } from "../../src/cli/text/en.ts";
import { renderWhoami } from "../../src/cli/render-auth-user.ts";
import { forgetTokens, readTokens, saveTokens, type Tokens, tokensPathOf } from "../../src/state/tokens.ts";

const jwt = (claims: Record<string, unknown>): string => new UnsecuredJWT(claims).encode();

const TOKENS: Tokens = {
  userPoolId: "eu-west-1_Example00",
  clientId: "client",
  idToken: jwt({ sub: "id-token" }),
  accessToken: jwt({ sub: "access-token" }),
  refreshToken: "refresh-token",
  receivedAt: 1_000,
};

let folder: string;
let statePath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awsls-tokens-"));
  statePath = join(folder, ".awsls", "alice.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeRaw = (raw: string): void => {
  saveTokens(statePath, TOKENS);
  writeFileSync(tokensPathOf(statePath), raw);
};

describe("the file", () => {
  it("is beside the state, its owner's alone, whole, and gone when it is forgotten", () => {
    expect(readTokens(statePath)).toBeUndefined();
    saveTokens(statePath, TOKENS);
    const path = join(folder, ".awsls", "alice.tokens");
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readTokens(statePath)).toEqual(TOKENS);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ version: 1, ...TOKENS });
    const accessToken = jwt({ sub: "newer" });
    saveTokens(statePath, { ...TOKENS, accessToken });
    expect(readTokens(statePath)).toMatchObject({ accessToken });
    writeFileSync(`${path}.0123abcd.tmp`, "of a command that was killed");
    forgetTokens(statePath);
    expect(readdirSync(join(folder, ".awsls"))).toEqual([".gitignore"]);
    forgetTokens(statePath);
  });

  it("is named after a state file of another name, too", () => {
    expect(tokensPathOf("/here/mine.json")).toBe("/here/mine.tokens");
    expect(tokensPathOf("/here/state")).toBe("/here/state.tokens");
  });

  it("keeps the mode of its owner alone when somebody has opened it up", () => {
    writeRaw("{}");
    const path = tokensPathOf(statePath);
    rmSync(path);
    writeFileSync(path, "{}", { mode: 0o644 });
    saveTokens(statePath, TOKENS);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["", "empty"],
    ["  \n", "empty"],
    ["secret-token", "notJson"],
    ['{"accessToken":"secret-token"}', "notState"],
    ['{"version":2,"accessToken":"secret-token"}', "newer"],
    [JSON.stringify({ version: 1, ...TOKENS, accessToken: 7, idToken: "secret-token" }), "misshapen"],
    [JSON.stringify({ version: 1, ...TOKENS, more: "secret-token" }), "misshapen"],
    [JSON.stringify({ version: 1, ...TOKENS, accessToken: "secret-token" }), "misshapen"],
    [JSON.stringify({ version: 1, ...TOKENS, idToken: "e30.secret-token.e30" }), "misshapen"],
  ])("%s is damaged (%s), which is told without what is in it", (raw, is) => {
    writeRaw(raw);
    let thrown: unknown;
    try {
      readTokens(statePath);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "TokensDamaged", data: { path: tokensPathOf(statePath), is } });
    expect(JSON.stringify(thrown)).not.toContain("secret-token");
    expect(existsSync(tokensPathOf(statePath))).toBe(true);
  });
});

const ID = { sub: "u", email: "alice@example.com", aud: "client", token_use: "id", "cognito:groups": ["others"] };
const ACCESS = {
  sub: "u",
  username: "u",
  client_id: "client",
  token_use: "access",
  scope: "a b",
  iat: 5_000,
  exp: 8_600,
};

describe("what they say", () => {
  it("who it is, from both: groups and scopes are those that an API is shown", () => {
    const claims = claimsOf({ idToken: jwt(ID), accessToken: jwt({ ...ACCESS, "cognito:groups": ["admins", "x"] }) });
    expect(claims.caller).toEqual({ email: "alice@example.com", username: "u", groups: ["admins", "x"] });
    expect(claims.scopes).toEqual(["a", "b"]);
    const bare = claimsOf({ idToken: jwt({ sub: "u" }), accessToken: jwt({ sub: "u" }) });
    expect(bare.caller).toEqual({ email: undefined, username: "u", groups: [] });
    expect(bare.scopes).toEqual([]);
  });

  it("their end is by this machine's clock, however wrong that is", () => {
    for (const receivedAt of [0, 5_000_000, 9_999_999_999]) {
      expect(expiryHere({ accessToken: jwt(ACCESS), receivedAt })).toBe(receivedAt + 3_600_000);
    }
  });

  it("is explained: who, groups, end, scopes, which token is for what", () => {
    const { caller, scopes, id, access } = claimsOf({ idToken: jwt(ID), accessToken: jwt(ACCESS) });
    const lines = renderWhoami(
      {
        ...caller,
        scopes,
        userPoolId: "eu-west-1_Example00",
        expiresAt: "2026-11-26T10:00:00.000Z",
        expiresInSeconds: 3_540,
        idTokenClaims: id,
        accessTokenClaims: access,
      },
      {
        text,
        awsls: (command) => `awsls ${command}`,
        look: { text, paint: (_, word) => word, columns: () => 60 },
      },
    );
    expect(lines[0]).toBe("Signed in as alice@example.com.");
    expect(lines).toContain("Groups: none");
    expect(lines.join(" ")).toMatch(/Both tokens end in 59 minutes, at /);
    expect(lines.join("\n")).toMatch(/ID token, who you are.*\n(.*\n)*.*Access token, what you may do/);
    expect(lines.find((line) => line.includes("scope"))).toContain("a b");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    // What no human asks for is in JSON alone.
    expect(lines.join("\n")).not.toContain("iat");
  });
});
