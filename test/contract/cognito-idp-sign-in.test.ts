// Signing up and in: the SDK's own client against the local cloud, and an SRP that we did not write.

import { getDiffieHellman } from "node:crypto";
import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { InitiateAuthCommandOutput } from "@aws-sdk/client-cognito-identity-provider";
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from "cognito-srp-helper";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { PASSWORD, refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const clock = shiftedClock();
const HOUR = 3_600_000;
let cloud: TestCloud;
let pool: TestPool;
/** Of the same pool, one that says who is there. */
let legacy: string;
let ClientId: string;

beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  pool = await testPool(cloud, { clock });
  ({ ClientId } = pool);
  const { UserPoolClient } = await pool.admin.send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool.UserPoolId,
      ClientName: "legacy",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    }),
  );
  legacy = UserPoolClient?.ClientId ?? "";
});
afterAll(async () => {
  pool.close();
  await cloud.close();
});

const signUp = (Username: string, input: object = {}) =>
  pool.anyone.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD, ...input }));
const confirm = (Username: string, ConfirmationCode: string, client = ClientId) =>
  pool.anyone.send(new ConfirmSignUpCommand({ ClientId: client, Username, ConfirmationCode }));
const withPassword = (USERNAME: string, password = PASSWORD, client = ClientId) =>
  pool.anyone.send(
    new InitiateAuthCommand({
      ClientId: client,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: password },
    }),
  );
const refresh = (token: string | undefined, client = ClientId) =>
  pool.anyone.send(
    new InitiateAuthCommand({
      ClientId: client,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: token ?? "" },
    }),
  );
const WRONG = refusal("NotAuthorizedException", "Incorrect username or password.");
const ABSENT = refusal("UserNotFoundException", "User does not exist.");

describe("sign-up", () => {
  it("makes an unconfirmed user, whose mail has the code", async () => {
    const made = await signUp("ann@example.com", { UserAttributes: [{ Name: "name", Value: "Ann" }] });
    expect(made).toMatchObject({
      UserConfirmed: false,
      UserSub: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-/),
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "a***@e***" },
    });
    const [mail] = await pool.mailsTo("ann@example.com");
    expect(mail).toEqual({
      userPoolId: pool.UserPoolId,
      userPoolName: "users",
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      to: "ann@example.com",
      subject: "Your verification code",
      body: `Your verification code is ${mail?.code}`,
      code: expect.stringMatching(/^\d{6}$/),
      kind: "sign-up",
    });
    // Before the password is looked at, as on AWS.
    for (const password of ["Wrong-horse-1", undefined]) {
      await expect(withPassword("ann@example.com", password)).rejects.toMatchObject(
        refusal("UserNotConfirmedException", "User is not confirmed."),
      );
    }
  });

  it("takes an address once, however it is written", async () => {
    await signUp("once@example.com");
    await expect(signUp("Once@Example.com")).rejects.toMatchObject(
      refusal("UsernameExistsException", "An account with the given email already exists."),
    );
  });

  it.each([
    ["aB1-x", "Password not long enough"],
    ["CORRECT-HORSE-1", "Password must have lowercase characters"],
    ["correct-horse-1", "Password must have uppercase characters"],
    ["Correct-horse", "Password must have numeric characters"],
    ["Correcthorse1", "Password must have symbol characters"],
  ])("refuses the password %s", async (Password, why) => {
    await expect(signUp("weak@example.com", { Password })).rejects.toMatchObject(
      refusal("InvalidPasswordException", `Password did not conform with policy: ${why}`),
    );
  });

  it.each([
    ["a name that is no address", { Username: "ann" }, "InvalidParameterException"],
    ["a bad address", { Username: "ann@example" }, "InvalidParameterException"],
    ["a password with a space", { Password: "Correct horse-1" }, "InvalidParameterException"],
    ["another address", { UserAttributes: [{ Name: "email", Value: "b@example.com" }] }, "InvalidParameterException"],
    ["an attribute that no pool has", { UserAttributes: [{ Name: "shoe", Value: "42" }] }, "InvalidParameterException"],
    ["its own sub", { UserAttributes: [{ Name: "sub", Value: "1" }] }, "InvalidParameterException"],
    [
      "an address that says of itself that it is verified",
      {
        UserAttributes: [{ Name: "email_verified", Value: "true" }],
      },
      "NotAuthorizedException",
    ],
    ["no client", { ClientId: "none" }, "ResourceNotFoundException"],
    ["a secret hash", { SecretHash: "x" }, "UnknownOperationException"],
  ])("refuses %s", async (_case, input, name) => {
    await expect(signUp("bad@example.com", input)).rejects.toMatchObject(refusal(name));
  });

  it("says nothing of a password in what it refuses", async () => {
    await expect(signUp("bad@example.com", { Password: "so secret" })).rejects.toMatchObject({
      message:
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\S]+",
    });
  });

  it("is the administrator's alone where the pool says so", async () => {
    const closed = await testPool(cloud, {
      clock,
      pool: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
    });
    await expect(signUp("ann@example.com", { ClientId: closed.ClientId })).rejects.toMatchObject(
      refusal("NotAuthorizedException", "SignUp is not permitted for this user pool"),
    );
    closed.close();
  });

  it("confirms with the code of the last mail, once", async () => {
    await signUp("bob@example.com");
    const first = await pool.codeFor("bob@example.com");
    const again = new ResendConfirmationCodeCommand({ ClientId, Username: "bob@example.com" });
    expect(await pool.anyone.send(again)).toMatchObject({ CodeDeliveryDetails: { Destination: "b***@e***" } });
    const second = await pool.codeFor("bob@example.com");
    const wrong = second === "000000" ? "000001" : "000000";
    for (const code of [wrong, first === second ? wrong : first, "1"]) {
      await expect(confirm("bob@example.com", code)).rejects.toMatchObject(
        refusal("CodeMismatchException", "Invalid verification code provided, please try again."),
      );
    }
    await confirm("Bob@example.com", second);
    await expect(confirm("bob@example.com", second)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"),
    );
    await expect(pool.anyone.send(again)).rejects.toMatchObject(
      refusal("InvalidParameterException", "User is already confirmed."),
    );
  });

  it("takes a code for a day", async () => {
    await signUp("late@example.com");
    const code = await pool.codeFor("late@example.com");
    clock.advance(24 * HOUR);
    await expect(confirm("late@example.com", code)).rejects.toMatchObject(
      refusal("ExpiredCodeException", "Invalid code provided, please request a code again."),
    );
    await pool.anyone.send(new ResendConfirmationCodeCommand({ ClientId, Username: "late@example.com" }));
    await confirm("late@example.com", await pool.codeFor("late@example.com"));
  });

  it("lets nobody guess codes, nor send mails without end", async () => {
    await signUp("guess@example.com");
    for (let n = 0; n < 15; n += 1) {
      await expect(confirm("guess@example.com", "none")).rejects.toMatchObject(refusal("CodeMismatchException"));
    }
    const LIMIT = refusal("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    const code = await pool.codeFor("guess@example.com");
    await expect(confirm("guess@example.com", code)).rejects.toMatchObject(LIMIT);
    const again = new ResendConfirmationCodeCommand({ ClientId, Username: "guess@example.com" });
    for (let n = 0; n < 5; n += 1) await pool.anyone.send(again);
    await expect(pool.anyone.send(again)).rejects.toMatchObject(LIMIT);
    clock.advance(HOUR);
    await confirm("guess@example.com", await pool.codeFor("guess@example.com"));
  });

  it("does not say who is not there, unless the client is a talkative one", async () => {
    await expect(confirm("nobody@example.com", "123456")).rejects.toMatchObject(refusal("ExpiredCodeException"));
    const resend = (client: string) =>
      pool.anyone.send(new ResendConfirmationCodeCommand({ ClientId: client, Username: "nobody@example.com" }));
    expect(await resend(ClientId)).toMatchObject({ CodeDeliveryDetails: { Destination: "n***@e***" } });
    expect(await pool.mailsTo("nobody@example.com")).toEqual([]);
    const unknown = refusal("UserNotFoundException", "Username/client id combination not found.");
    await expect(confirm("nobody@example.com", "123456", legacy)).rejects.toMatchObject(unknown);
    await expect(resend(legacy)).rejects.toMatchObject(unknown);
  });
});

describe("signing in with a password", () => {
  beforeAll(() => pool.join("pat@example.com"));

  it("gives tokens, by address or user name", async () => {
    const { AuthenticationResult, ChallengeParameters, ChallengeName } = await withPassword("PAT@example.com");
    expect(AuthenticationResult).toEqual({
      AccessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      IdToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      RefreshToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/),
      ExpiresIn: 3600,
      TokenType: "Bearer",
    });
    expect([ChallengeParameters, ChallengeName]).toEqual([{}, undefined]);
  });

  it("tells a wrong one and nobody apart for talkative clients alone", async () => {
    await expect(withPassword("pat@example.com", "Wrong-horse-1")).rejects.toMatchObject(WRONG);
    await expect(withPassword("nobody@example.com")).rejects.toMatchObject(WRONG);
    await expect(withPassword("nobody@example.com", PASSWORD, legacy)).rejects.toMatchObject(ABSENT);
    await expect(withPassword("pat@example.com", "Wrong-horse-1", legacy)).rejects.toMatchObject(WRONG);
  });

  it("locks out after five failures, for longer each time, known or not", async () => {
    await pool.join("lock@example.com");
    const LOCKED = refusal("NotAuthorizedException", "Password attempts exceeded");
    const wrong = (name: string) => withPassword(name, "Wrong-horse-1");
    for (const name of ["lock@example.com", "never@example.com"]) {
      for (let n = 0; n < 5; n += 1) await expect(wrong(name)).rejects.toMatchObject(WRONG);
      await expect(withPassword(name)).rejects.toMatchObject(LOCKED);
      clock.advance(1100);
      await expect(wrong(name)).rejects.toMatchObject(WRONG);
      clock.advance(1100);
      // Two seconds the second time; what is tried meanwhile does not make it longer.
      await expect(wrong(name)).rejects.toMatchObject(LOCKED);
      clock.advance(1100);
    }
    await withPassword("lock@example.com");
    // From the beginning again.
    for (let n = 0; n < 4; n += 1) await expect(wrong("lock@example.com")).rejects.toMatchObject(WRONG);
    await withPassword("lock@example.com");
  });

  it("lets nobody in who is disabled, and says so to those who know the password", async () => {
    await pool.join("off@example.com");
    const user = { UserPoolId: pool.UserPoolId, Username: "off@example.com" };
    await pool.admin.send(new AdminDisableUserCommand(user));
    await expect(withPassword("off@example.com", "Wrong-horse-1")).rejects.toMatchObject(WRONG);
    await expect(withPassword("off@example.com")).rejects.toMatchObject(
      refusal("NotAuthorizedException", "User is disabled."),
    );
    await pool.admin.send(new AdminEnableUserCommand(user));
    await withPassword("off@example.com");
  });

  it("asks for a new password after the administrator's reset", async () => {
    await pool.join("reset@example.com");
    await pool.admin.send(
      new AdminResetUserPasswordCommand({ UserPoolId: pool.UserPoolId, Username: "reset@example.com" }),
    );
    await expect(withPassword("reset@example.com")).rejects.toMatchObject(
      refusal("PasswordResetRequiredException", "Password reset required for the user"),
    );
  });

  it.each([
    ["USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client."],
    ["ADMIN_USER_PASSWORD_AUTH", "Initiate Auth method not supported."],
    ["CUSTOM_AUTH", "The local cloud does not implement CUSTOM_AUTH"],
  ] as const)("refuses a flow that the client does not have: %s", async (AuthFlow, message) => {
    const AuthParameters = { USERNAME: "pat@example.com", PASSWORD, SRP_A: "2" };
    await expect(
      pool.anyone.send(new InitiateAuthCommand({ ClientId: legacy, AuthFlow, AuthParameters })),
    ).rejects.toMatchObject(refusal("InvalidParameterException", message));
  });

  it("needs its parameters, and a client that is there", async () => {
    const send = (input: object) =>
      pool.anyone.send(new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", ...input }));
    await expect(send({ AuthParameters: { PASSWORD } })).rejects.toMatchObject(
      refusal("InvalidParameterException", "Missing required parameter USERNAME"),
    );
    await expect(send({})).rejects.toMatchObject(refusal("InvalidParameterException"));
    await expect(send({ ClientId: "none" })).rejects.toMatchObject(
      refusal("ResourceNotFoundException", "User pool client none does not exist."),
    );
  });
});

/** As Cognito wants it: `Thu Nov 5 09:00:00 UTC 2026`. */
const stampOf = (time: number): string =>
  new Date(time).toUTCString().replace(/^(\w+), 0?(\d+) (\w+) (\d+) ([\d:]+) GMT$/, "$1 $3 $2 $5 UTC $4");

describe("signing in with SRP", () => {
  beforeAll(() => pool.join("srp@example.com"));

  const start = (name: string, password = PASSWORD) => {
    const session = createSrpSession(name, password, pool.UserPoolId, false);
    const input = { ClientId, AuthFlow: "USER_SRP_AUTH" as const, AuthParameters: { USERNAME: name } };
    const answered = pool.anyone.send(new InitiateAuthCommand(wrapInitiateAuth(session, input)));
    return answered.then((challenge) => ({ session, challenge }));
  };
  const prove = async (
    { session, challenge }: Awaited<ReturnType<typeof start>>,
    responses: Record<string, string> = {},
    timestamp = stampOf(clock.now()),
  ) => {
    const USERNAME = challenge.ChallengeParameters?.["USER_ID_FOR_SRP"] ?? "";
    const input = {
      ClientId,
      ChallengeName: "PASSWORD_VERIFIER" as const,
      ChallengeResponses: { USERNAME },
    };
    const wrapped = wrapAuthChallenge(
      signSrpSession({ ...session, timestamp }, challenge as Parameters<typeof signSrpSession>[1]),
      input,
    );
    const ChallengeResponses = { ...wrapped.ChallengeResponses, ...responses };
    return pool.anyone.send(new RespondToAuthChallengeCommand({ ...wrapped, ChallengeResponses }));
  };

  it.each([
    ["six minutes old", (): string => stampOf(clock.now() - 6 * 60_000)],
    [
      "of another weekday",
      (): string => stampOf(clock.now()).replace(/^\w+/, (day) => (day === "Sun" ? "Mon" : "Sun")),
    ],
  ])("refuses a proof whose time is %s, well signed as it is", async (_case, timestamp) => {
    const at = timestamp();
    expect(at).not.toBe(stampOf(clock.now()));
    await expect(prove(await start("srp@example.com"), {}, at)).rejects.toMatchObject(WRONG);
    await withPassword("srp@example.com");
  });

  it("gives a challenge with the real user name, and tokens for the proof", async () => {
    const started = await start("Srp@example.com");
    const { ChallengeParameters, ...rest } = started.challenge;
    expect(rest).toMatchObject({ ChallengeName: "PASSWORD_VERIFIER" });
    expect(rest.Session).toBeUndefined();
    expect(ChallengeParameters).toEqual({
      SALT: expect.stringMatching(/^[0-9a-f]{32}$/),
      SECRET_BLOCK: expect.stringMatching(/^[\w+/]{100,}=*$/),
      SRP_B: expect.stringMatching(/^[0-9a-f]{700,768}$/),
      USERNAME: ChallengeParameters?.["USER_ID_FOR_SRP"],
      USER_ID_FOR_SRP: expect.stringMatching(/^[0-9a-f]{8}-/),
    });
    expect((await prove(started)).AuthenticationResult?.AccessToken).toBeDefined();
  });

  it.each([
    ["with another password", "Wrong-horse-1", {}],
    ["with the address as the user name", PASSWORD, { USERNAME: "srp@example.com" }],
    ["with a signature of something else", PASSWORD, { PASSWORD_CLAIM_SIGNATURE: "AAAA" }],
    ["signed for another time", PASSWORD, { TIMESTAMP: "Tue Nov 24 1:02:03 UTC 2026" }],
    ["with a secret block that was never given out", PASSWORD, { PASSWORD_CLAIM_SECRET_BLOCK: "AAAA" }],
  ])("refuses a proof %s", async (_case, password, responses) => {
    await expect(prove(await start("srp@example.com", password), responses)).rejects.toMatchObject(WRONG);
    await withPassword("srp@example.com");
  });

  it("takes a challenge once, for three minutes, and one proof of it", async () => {
    const used = await start("srp@example.com");
    await prove(used);
    await expect(prove(used)).rejects.toMatchObject(WRONG);
    const failed = await start("srp@example.com");
    await expect(prove(failed, { PASSWORD_CLAIM_SIGNATURE: "AAAA" })).rejects.toMatchObject(WRONG);
    await expect(prove(failed)).rejects.toMatchObject(WRONG);
    const old = await start("srp@example.com");
    clock.advance(3 * 60_000);
    await expect(prove(old)).rejects.toMatchObject(WRONG);
    await withPassword("srp@example.com");
  });

  it("refuses what no honest client sends: a bad A, a date of another form", async () => {
    const N = getDiffieHellman("modp15").getPrime("hex");
    for (const SRP_A of ["0", N, "no number", "f".repeat(900)]) {
      const input = { ClientId, AuthFlow: "USER_SRP_AUTH" as const };
      await expect(
        pool.anyone.send(new InitiateAuthCommand({ ...input, AuthParameters: { USERNAME: "srp@example.com", SRP_A } })),
      ).rejects.toMatchObject(refusal("InvalidParameterException"));
    }
    await expect(prove(await start("srp@example.com"), { TIMESTAMP: "2026-11-24" })).rejects.toMatchObject(
      refusal("InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
    );
  });

  it("looks the same for somebody who is not there: always the same salt and user name", async () => {
    const [first, second, other, real] = await Promise.all(
      ["ghost@example.com", "Ghost@example.com", "other@example.com", "srp@example.com"].map((name) => start(name)),
    );
    const of = (started: { readonly challenge: InitiateAuthCommandOutput } | undefined) =>
      started?.challenge.ChallengeParameters ?? {};
    expect(of(first)["SALT"]).toBe(of(second)["SALT"]);
    expect(of(first)["USERNAME"]).toBe(of(second)["USERNAME"]);
    expect(of(first)["SALT"]).not.toBe(of(other)["SALT"]);
    expect(of(first)["SRP_B"]).not.toBe(of(second)["SRP_B"]);
    for (const [name, value] of Object.entries(of(real))) {
      expect(Math.abs((of(first)[name]?.length ?? 0) - value.length), name).toBeLessThan(8);
    }
    if (first === undefined) throw new Error("no challenge");
    await expect(prove(first)).rejects.toMatchObject(WRONG);
  });

  it("is over when the password changes in between", async () => {
    await pool.join("race@example.com");
    const started = await start("race@example.com");
    await pool.admin.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: pool.UserPoolId,
        Username: "race@example.com",
        Password: "Another-horse-1",
        Permanent: true,
      }),
    );
    await expect(prove(started)).rejects.toMatchObject(WRONG);
    await withPassword("race@example.com", "Another-horse-1");
  });
});

describe("a refresh token", () => {
  beforeAll(() => pool.join("again@example.com"));

  it("gives new tokens, by both of its operations, and stays", async () => {
    const { RefreshToken } = await pool.signIn("again@example.com");
    const { AuthenticationResult } = await refresh(RefreshToken);
    expect(AuthenticationResult).toMatchObject({ ExpiresIn: 3600, TokenType: "Bearer" });
    expect(AuthenticationResult).not.toHaveProperty("RefreshToken");
    const other = await pool.anyone.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
    expect(other.AuthenticationResult?.IdToken).toBeDefined();
  });

  it("is its client's alone, and one that this cloud gave out", async () => {
    const { RefreshToken = "" } = await pool.signIn("again@example.com");
    const INVALID = refusal("NotAuthorizedException", "Invalid Refresh Token");
    await expect(refresh(RefreshToken, legacy)).rejects.toMatchObject(INVALID);
    await expect(refresh(`${RefreshToken.slice(0, -4)}AAAA`)).rejects.toMatchObject(INVALID);
  });

  it("expires", async () => {
    const { RefreshToken } = await pool.signIn("again@example.com");
    clock.advance(30 * 24 * HOUR);
    await expect(refresh(RefreshToken)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Refresh Token has expired"),
    );
  });
});

describe("an administrator who signs a user in", () => {
  it("sends the password, through a client that allows it", async () => {
    await pool.join("byadmin@example.com");
    const input = {
      UserPoolId: pool.UserPoolId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH" as const,
      AuthParameters: { USERNAME: "byadmin@example.com", PASSWORD },
    };
    const { AuthenticationResult } = await pool.admin.send(
      new AdminInitiateAuthCommand({ ...input, ClientId: legacy }),
    );
    expect(AuthenticationResult?.AccessToken).toBeDefined();
    await expect(pool.admin.send(new AdminInitiateAuthCommand({ ...input, ClientId }))).rejects.toMatchObject(
      refusal("InvalidParameterException", "Auth flow not enabled for this client"),
    );
    await expect(
      pool.admin.send(
        new AdminRespondToAuthChallengeCommand({
          UserPoolId: pool.UserPoolId,
          ClientId,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          ChallengeResponses: { USERNAME: "x", NEW_PASSWORD: PASSWORD },
          Session: "a".repeat(30),
        }),
      ),
    ).rejects.toMatchObject(refusal("NotAuthorizedException", "Invalid session for the user, session is expired."));
  });
});

describe("the words of a pool", () => {
  it("are in its mails", async () => {
    const own = await testPool(cloud, {
      clock,
      pool: { VerificationMessageTemplate: { EmailSubject: "Welcome", EmailMessage: "Say {####} to come in" } },
    });
    await signUp("w@example.com", { ClientId: own.ClientId });
    const [mail] = await own.mailsTo("w@example.com");
    expect(mail).toMatchObject({ subject: "Welcome", body: `Say ${mail?.code} to come in` });
    await pool.admin.send(new UpdateUserPoolCommand({ UserPoolId: own.UserPoolId }));
    await expect(
      own.anyone.send(new ResendConfirmationCodeCommand({ ClientId: own.ClientId, Username: "w@example.com" })),
    ).rejects.toMatchObject(refusal("InvalidParameterException", "Auto verification not turned on."));
    own.close();
  });
});
