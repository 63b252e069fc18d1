// Sign-in as its users have it, with the real executable on the local cloud: what they type, see, and get wrong.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdminSetUserPasswordCommand, CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { TOTP } from "otpauth";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MfaResult } from "../../src/commands/auth-mfa.ts";
import type { SignInResult } from "../../src/commands/auth-sign-in.ts";
import type { SignUpResult } from "../../src/commands/auth-sign-up.ts";
import type { TokenResult, WhoamiResult } from "../../src/commands/auth-whoami.ts";
import type { TestResult } from "../../src/commands/test.ts";
import type { State } from "../../src/state/state.ts";
import { type Outcome, openWorkplace } from "./awsls.ts";

const EMAIL = "alice@example.com";
const PASSWORD = "C0rrect-horse!";
const OTHER = "An0ther-horse!";
const STATE = ".awsls/http-crud-tutorial.json";
const TOKENS = ".awsls/http-crud-tutorial.tokens";

interface Mail {
  readonly to: string;
  readonly code: string;
}

function open() {
  const place = openWorkplace();
  const auth = (...args: string[]): Promise<Outcome> => place.awsls("auth", ...args);
  return {
    place,
    auth,
    /** Passwords on stdin, a line each. */
    withPasswords: (passwords: readonly string[], ...args: string[]): Promise<Outcome> =>
      place.awslsFed(passwords.map((line) => `${line}\n`).join(""), "auth", ...args, "--password-stdin"),
    /** The newest. */
    async mail(): Promise<Mail> {
      const { mails } = await place.lever<{ mails: Mail[] }>("GET", "inbox");
      return mails.at(-1) ?? { to: "", code: "" };
    },
    tokens: (): Record<string, string> => JSON.parse(readFileSync(join(place.folder, TOKENS), "utf8")),
    state: (): State => JSON.parse(readFileSync(join(place.folder, STATE), "utf8")),
    hasTokens: (): boolean => existsSync(join(place.folder, TOKENS)),
    url: (): string => JSON.parse(readFileSync(join(place.folder, STATE), "utf8")).resources.api.attributes.apiEndpoint,
  };
}

type Scene = ReturnType<typeof open>;

const statusOf = async (scene: Scene, token?: string): Promise<number> => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(`${scene.url()}/items`, { headers })).status;
};
/** @param steps of half a minute from now: each code is taken once, and the next one already */
const totpOf = (uri: string, steps = 0): string => {
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
};

describe("a user", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = open();
    await scene.place.awsls("up", "--local");
    await scene.auth("enable");
  });
  afterEach(() => scene.place.close());

  it("signs up, confirms, signs in, calls the API, signs out; down leaves nothing", { timeout: 120_000 }, async () => {
    const { place, auth, withPasswords, mail, tokens, hasTokens } = scene;
    const before = await place.awsls("test");
    expect(before.code).toBe(3);
    expect(before.stderr.match(/← 401/g)).toHaveLength(4);
    expect(before.stderr).toContain("awsls auth sign-in <email>");

    const weak = await withPasswords(["password"], "sign-up", EMAIL);
    expect(weak.code).toBe(4);
    expect(weak.stderr).toContain("not strong enough");
    const signedUp = await withPasswords([PASSWORD], "sign-up", EMAIL);
    expect(signedUp.stdout).toContain("awsls auth inbox");
    expect(signedUp.stdout).toContain(`awsls auth confirm ${EMAIL}`);
    const twice = await withPasswords([PASSWORD], "sign-up", EMAIL.toUpperCase());
    expect(twice.stderr).toContain("There is a user");
    const early = await withPasswords([PASSWORD], "sign-in", EMAIL);
    expect(early.code).toBe(4);
    expect(early.stderr).toContain(`awsls auth resend-code ${EMAIL}`);

    const { code: first } = await mail();
    expect((await auth("resend-code", EMAIL)).code).toBe(0);
    const { code, to } = await mail();
    expect(to).toBe(EMAIL);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    expect((await auth("confirm", EMAIL, "--code", wrong)).stderr).toContain("The code is wrong");
    if (first !== code) expect((await auth("confirm", EMAIL, "--code", first)).code).toBe(4);
    expect((await auth("confirm", EMAIL, "--code", code)).stdout).toContain("is confirmed");
    expect((await auth("confirm", EMAIL, "--code", code)).stdout).toContain("Nothing to do");
    expect((await auth("resend-code", EMAIL)).stdout).toContain("Nothing to do");

    const stranger = await withPasswords([PASSWORD], "sign-in", "nobody@example.com");
    const mistaken = await withPasswords([OTHER], "sign-in", EMAIL);
    expect(stranger.stderr.replaceAll("nobody@example.com", EMAIL)).toBe(mistaken.stderr);
    expect(mistaken.code).toBe(4);
    expect(hasTokens()).toBe(false);

    const signedIn = await withPasswords([PASSWORD], "sign-in", EMAIL, "--json");
    const result = JSON.parse(signedIn.stdout) as SignInResult;
    expect(result).toMatchObject({ email: EMAIL, groups: [], challenges: [] });
    const { idToken = "", accessToken = "", refreshToken = "" } = tokens();
    for (const token of [idToken, accessToken, refreshToken]) expect(signedIn.stdout).not.toContain(token);
    expect(statSync(join(place.folder, TOKENS)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
    expect(JSON.stringify(scene.state())).not.toMatch(/eyJ|horse/);

    const who = await place.json<WhoamiResult>("auth", "whoami");
    expect(who).toMatchObject({ email: EMAIL, scopes: ["aws.cognito.signin.user.admin"], username: result.username });
    expect(who.idTokenClaims).toMatchObject({ token_use: "id", email: EMAIL, email_verified: true });
    expect(who.accessTokenClaims).toMatchObject({ token_use: "access", username: result.username });
    expect(JSON.stringify(who)).not.toContain(accessToken);
    expect((await auth("whoami")).stdout).toMatch(/Both tokens end in \d+ minutes, at /);

    expect((await auth("token")).stdout).toBe(`${accessToken}\n`);
    expect((await auth("token", "--id")).stdout).toBe(`${idToken}\n`);
    expect(await place.json<TokenResult>("auth", "token")).toMatchObject({ use: "access", token: accessToken });
    expect([await statusOf(scene), await statusOf(scene, accessToken)]).toEqual([401, 200]);

    const tested = await place.json<TestResult>("test");
    expect(tested.caller).toMatchObject({ email: EMAIL, groups: [] });
    expect(tested.exchanges.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200, 200, 200, 200, 200]);

    const out = await auth("sign-out");
    expect(out.stdout).toContain(`Signed out ${EMAIL}, everywhere`);
    expect(out.stdout).toContain("cannot be called back");
    expect(hasTokens()).toBe(false);
    expect((await auth("sign-out")).stdout).toContain("Nothing to do");
    expect((await auth("whoami")).code).toBe(3);
    const token = await auth("token");
    expect([token.code, token.stdout]).toEqual([3, ""]);

    await withPasswords([PASSWORD], "sign-in", EMAIL, "--flow", "password");
    expect(hasTokens()).toBe(true);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe("somebody who is signed in", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = open();
    await scene.place.awsls("up", "--local");
    await scene.auth("enable");
    await scene.withPasswords([PASSWORD], "sign-up", EMAIL);
    await scene.auth("confirm", EMAIL, "--code", (await scene.mail()).code);
  });
  beforeEach(() => scene.withPasswords([PASSWORD], "sign-in", EMAIL));
  afterAll(() => scene.place.close());

  it("changes the password, forgets it, and sets a new one with the mail's code", { timeout: 60_000 }, async () => {
    const { auth, withPasswords, mail, hasTokens } = scene;
    const wrong = await withPasswords([OTHER, OTHER], "change-password");
    expect(wrong.stderr).toContain("The current password is wrong");
    expect(hasTokens()).toBe(true);
    expect((await withPasswords([PASSWORD], "change-password")).stderr).toContain("line 2 of stdin");
    expect(await withPasswords([PASSWORD, OTHER], "change-password")).toMatchObject({ code: 0 });
    expect((await withPasswords([PASSWORD], "sign-in", EMAIL)).code).toBe(4);
    expect((await withPasswords([OTHER], "sign-in", EMAIL)).code).toBe(0);

    const forgot = await auth("forgot-password", EMAIL);
    expect(forgot.stdout).toContain(`awsls auth reset-password ${EMAIL}`);
    const { code } = await mail();
    const unknown = await auth("forgot-password", "nobody@example.com");
    expect(unknown).toMatchObject({ code: 0 });
    expect((await mail()).to).toBe(EMAIL);
    expect((await withPasswords(["weak"], "reset-password", EMAIL, "--code", code)).stderr).toContain("not strong");
    expect(await withPasswords([PASSWORD], "reset-password", EMAIL, "--code", code)).toMatchObject({ code: 0 });
    const again = await withPasswords([PASSWORD], "reset-password", EMAIL, "--code", code);
    expect(again.code).toBe(4);
    expect(again.stderr).toContain(`awsls auth forgot-password ${EMAIL}`);
    expect((await withPasswords([PASSWORD], "sign-in", EMAIL)).code).toBe(0);
  });

  it("turns a second factor on, signs in with its codes, and turns it off", { timeout: 60_000 }, async () => {
    const { place, auth, withPasswords, hasTokens } = scene;
    const first = await place.json<MfaResult>("auth", "mfa", "enable");
    expect(first).toMatchObject({ isOn: false, isChanged: false });
    const { secret = "", uri = "" } = first.secret ?? {};
    expect(uri).toContain(`?issuer=awsls%20http-crud-tutorial&secret=${secret}`);
    const shown = await auth("mfa", "enable");
    expect(shown.stdout).toMatch(/^ {2}([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/m);
    expect(shown.stdout).toContain("awsls auth mfa enable --code <code>");
    // A second look made another secret: the first one's code is taken no longer.
    expect((await auth("mfa", "enable", "--code", totpOf(uri))).stderr).toContain("code is wrong");
    const { secret: newest } = await place.json<MfaResult>("auth", "mfa", "enable");
    const code = totpOf(newest?.uri ?? "");
    expect((await auth("mfa", "enable", "--code", code)).stdout).toContain("The second factor is on");
    expect((await auth("mfa", "enable")).stdout).toContain("Nothing to do");

    await auth("sign-out");
    const without = await withPasswords([PASSWORD], "sign-in", EMAIL);
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain("--code");
    expect(hasTokens()).toBe(false);
    const mistaken = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    expect((await withPasswords([PASSWORD], "sign-in", EMAIL, "--code", mistaken)).stderr).toContain("code is wrong");
    const used = await withPasswords([PASSWORD], "sign-in", EMAIL, "--code", code);
    expect(used.stderr).toContain("was used already");
    const next = totpOf(newest?.uri ?? "", 1);
    const signedIn = await withPasswords([PASSWORD], "sign-in", EMAIL, "--code", next);
    expect(signedIn.stdout).toContain("authenticator app's code, too");

    expect((await auth("mfa", "disable")).stdout).toContain("The second factor is off");
    expect((await auth("mfa", "disable")).stdout).toContain("Nothing to do");
    expect((await withPasswords([PASSWORD], "sign-in", EMAIL)).code).toBe(0);
  });

  it("replaces a temporary password at the first sign-in", async () => {
    const { place, withPasswords, state } = scene;
    const cognito = new CognitoIdentityProviderClient(await place.clientConfig());
    const UserPoolId = state().resources["userPool"]?.attributes["userPoolId"];
    await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username: EMAIL, Password: OTHER }));
    expect((await withPasswords([OTHER], "sign-in", EMAIL)).stderr).toContain("new password is missing");
    const signedIn = await withPasswords([OTHER, PASSWORD], "sign-in", EMAIL);
    expect(signedIn.stdout).toContain("replaced by your own");
    expect((await withPasswords([PASSWORD], "sign-in", EMAIL)).code).toBe(0);
    cognito.destroy();
  });

  it("nothing secret is in --verbose; who it is about is", async () => {
    const { withPasswords, tokens, auth } = scene;
    const said = [
      await withPasswords([PASSWORD], "sign-in", EMAIL, "--verbose"),
      await withPasswords([PASSWORD], "sign-in", EMAIL, "--verbose", "--flow", "password"),
      await withPasswords([PASSWORD, PASSWORD], "change-password", "--verbose"),
      await auth("confirm", EMAIL, "--code", "123456", "--verbose"),
      await auth("mfa", "enable", "--code", "654321", "--verbose"),
      await auth("mfa", "disable", "--verbose"),
    ].map(({ stderr, stdout }) => stderr + stdout);
    const all = said.join("\n");
    for (const secret of [
      PASSWORD,
      "123456",
      "654321",
      ...Object.values(tokens()).filter((each) => each.length > 99),
    ]) {
      expect(all).not.toContain(secret);
    }
    expect(all).toContain(`"USERNAME":"${EMAIL}"`);
    expect(all).toContain("# aws cognito-idp respond-to-auth-challenge");
  });

  it("is signed out everywhere, also where the pool took the tokens no longer", async () => {
    const { auth, hasTokens, tokens, place } = scene;
    const kept = readFileSync(join(place.folder, TOKENS), "utf8");
    expect((await auth("sign-out")).code).toBe(0);
    writeFileSync(join(place.folder, TOKENS), kept);
    expect(await statusOf(scene, tokens()["accessToken"])).toBe(200);
    const again = await auth("sign-out");
    expect(again.stdout).toContain("took the tokens no longer");
    expect(hasTokens()).toBe(false);
    writeFileSync(join(place.folder, TOKENS), kept);
    const change = await scene.withPasswords([PASSWORD, OTHER], "change-password");
    expect(change.code).toBe(3);
    expect(change.stderr).toContain("not signed in any more");
    expect(hasTokens()).toBe(false);
  });

  it("a damaged file of tokens, one of another pool, and wrong words each say what to do", async () => {
    const { place, auth, tokens, withPasswords } = scene;
    const path = join(place.folder, TOKENS);
    const mine = tokens();
    writeFileSync(path, JSON.stringify({ ...mine, accessToken: 7 }));
    const damaged = await auth("whoami");
    expect(damaged).toMatchObject({ code: 3, stdout: "" });
    expect(damaged.stderr).toContain("accessToken");
    expect(damaged.stderr).not.toContain(mine["idToken"]);
    writeFileSync(path, JSON.stringify({ ...mine, userPoolId: "us-east-1_another00" }));
    const foreign = await auth("token");
    expect(foreign).toMatchObject({ code: 3, stdout: "" });
    expect(foreign.stderr).toContain("of another user pool");
    for (const args of [
      ["sign-up", "alice"],
      ["confirm", EMAIL, "--code", "12"],
      ["sign-in", EMAIL, "--flow", "magic"],
      ["sign-in"],
    ]) {
      expect((await auth(...args)).code, args.join(" ")).toBe(2);
    }
    expect((await auth("sign-in", EMAIL)).stderr).toContain("--password-stdin");
    expect((await withPasswords([], "sign-in", EMAIL)).stderr).toContain("line 1 of stdin");
    const dry = await withPasswords([PASSWORD], "sign-in", EMAIL, "--dry-run");
    expect(dry.stdout).toContain("InitiateAuth and RespondToAuthChallenge");
  });

  it("auth delete takes the tokens along", async () => {
    const { auth, hasTokens, withPasswords } = scene;
    await withPasswords([PASSWORD], "sign-in", EMAIL);
    expect(hasTokens()).toBe(true);
    expect(await auth("delete")).toMatchObject({ code: 0 });
    expect(hasTokens()).toBe(false);
    const after = await withPasswords([PASSWORD], "sign-in", EMAIL);
    expect(after.code).toBe(3);
    expect(after.stderr).toContain("awsls auth enable");
  });
});

describe("a result", () => {
  it("of sign-up in JSON has neither password nor code", { timeout: 60_000 }, async () => {
    const { place, withPasswords, mail, auth } = open();
    try {
      await place.awsls("up", "--local");
      await auth("enable");
      const { stdout } = await withPasswords([PASSWORD], "sign-up", EMAIL, "--json");
      const result = JSON.parse(stdout) as SignUpResult;
      expect(result).toMatchObject({ email: EMAIL, isConfirmed: false, delivery: { where: "inbox" } });
      expect(stdout).not.toMatch(new RegExp(`${PASSWORD}|${(await mail()).code}`));
    } finally {
      await place.close();
    }
  });
});
