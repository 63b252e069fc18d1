// The proof of a password that Cognito asks for instead of the password: SRP-6a in Cognito's own variant.

import { createSrpSession, signSrpSession } from "cognito-srp-helper";

export interface SrpProof {
  /** The client's public value, sent first. */
  readonly srpA: string;
  /**
   * What answers the challenge PASSWORD_VERIFIER, all but USERNAME.
   * @param parameters of the challenge: with an e-mail as user name, USER_ID_FOR_SRP is another one and counts
   * @param now the server's time in milliseconds: Cognito takes a proof of another hour for a wrong password
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
   */
  answer(parameters: Readonly<Record<string, string>>, now: number): Record<string, string>;
}

export function startSrp(userPoolId: string, username: string, password: string): SrpProof {
  // Not hashed yet: the hash is of USER_ID_FOR_SRP, which only the challenge tells.
  const session = createSrpSession(username, password, userPoolId, false);
  return {
    srpA: session.largeA,
    answer(parameters, now) {
      const timestamp = toTimestamp(now);
      const { secret, passwordSignature } = signSrpSession(
        { ...session, timestamp },
        { ChallengeParameters: { ...parameters } },
      );
      return {
        PASSWORD_CLAIM_SECRET_BLOCK: secret,
        PASSWORD_CLAIM_SIGNATURE: passwordSignature,
        TIMESTAMP: timestamp,
      };
    },
  };
}

/** `Thu Nov 5 09:01:02 UTC 2026`: a day of one digit stays one, or Cognito does not recognise what was signed. */
function toTimestamp(now: number): string {
  const [weekday = "", day, month = "", year = "", time = ""] = new Date(now).toUTCString().split(/,? /);
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}
