// The server's side of SRP against a client that we did not write.

import { createSrpSession, signSrpSession } from "cognito-srp-helper";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nobody } from "../../src/local/cognito-idp/nobody.ts";
import { answerTo, isPassword, isProof, srpIdentity, storePassword } from "../../src/local/cognito-idp/srp.ts";

const POOL = "us-east-1_Abcdefgh1";
const USERNAME = "0b8e1c62-6f3c-4d5c-9c0f-0a4d9e1f2a3b";
const identity = srpIdentity(POOL, USERNAME);

/** Whether a client that has one password proves it to a server that keeps another. */
function isProved(kept: string, given: string): boolean {
  const stored = storePassword(identity, kept);
  const session = createSrpSession(USERNAME, given, POOL, false);
  const half = answerTo(session.largeA, stored);
  if (half === undefined) throw new Error("the client's A was refused");
  const secretBlock = Buffer.from("a secret block").toString("base64");
  const signed = signSrpSession(session, {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: stored.salt,
      SRP_B: half.B.toString(16),
      SECRET_BLOCK: secretBlock,
      USER_ID_FOR_SRP: USERNAME,
    },
  });
  const { timestamp, passwordSignature } = signed;
  return isProof(identity, stored, half, { secretBlock, timestamp, signature: passwordSignature });
}

describe("SRP", () => {
  it("proves a password, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (password) => isProved(password, password)),
      { numRuns: 25 },
    );
  });

  it("proves no other", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (kept, given) => kept === given || !isProved(kept, given)),
      { numRuns: 10 },
    );
  });

  it("keeps what checks a password that is sent, too, and another salt each time", () => {
    const [one, two] = [storePassword(identity, "secret"), storePassword(identity, "secret")];
    expect(one.salt).not.toBe(two.salt);
    expect([one, two].map((stored) => isPassword(identity, stored, "secret"))).toEqual([true, true]);
    expect(isPassword(identity, one, "Secret")).toBe(false);
    expect(isPassword(srpIdentity(POOL, "somebody"), one, "secret")).toBe(false);
  });

  it("knows somebody who is not there always as the same, per pool", () => {
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(nobody(a, "x@example.com")).toEqual(nobody(a, "X@example.com"));
    expect(nobody(a, "x@example.com")).not.toEqual(nobody(b, "x@example.com"));
    const { username, stored } = nobody(a, "x@example.com");
    expect(username).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(stored.salt).toMatch(/^[0-9a-f]{32}$/);
    expect(answerTo("2", stored)).toBeDefined();
  });
});
