// What the user's own commands of sign-in say.

import type { Delivery } from "../../commands/auth-delivery.ts";
import type { SignOutResult } from "../../commands/auth-sign-out.ts";

export interface SignInTexts {
  signedUp(email: string): string;
  /** Where a code has gone. */
  sent(delivery: Delivery): string;
  /** Cognito says so for users who do not exist, too. */
  sentIfUser(email: string, delivery: Delivery): string;
  readonly notSent: string;
  confirmed(email: string, isChanged: boolean): string;
  signedIn(who: string): string;
  /** The words for each challenge that was answered. */
  challenge(name: string): string;
  tokensIn(file: string): string;
  readonly tryToken: string;
  userIs(username: string, userPoolId: string): string;
  groups(groups: readonly string[]): string;
  /** Of both tokens. */
  endsAt(moment: string, seconds: number): string;
  readonly idToken: string;
  readonly accessToken: string;
  /** What a claim means; undefined for one that is shown in JSON alone. */
  claim(name: string): string | undefined;
  readonly allClaims: string;
  signedOut(result: SignOutResult): string;
  accessTokenLives(moment: string): string;
  passwordSet(email: string): string;
  passwordChanged(email: string): string;
  readonly mfaOn: string;
  readonly mfaWasOn: string;
  readonly mfaNext: string;
  readonly mfaOff: string;
  readonly mfaWasOff: string;
  wouldCall(operations: readonly string[]): string;
}
