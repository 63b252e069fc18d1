// What can come of what a user asks of Cognito.

/** Why Cognito refused: its codes, told apart by its words where one code says several things. */
export type AuthRefusal =
  /** Unknown users, too: which of the two it is, Cognito does not tell. */
  | "password"
  | "attempts"
  | "disabled"
  | "temporaryPassword"
  | "notConfirmed"
  | "resetRequired"
  | "exists"
  | "unknownUser"
  | "policy"
  | "code"
  | "expiredCode"
  | "session"
  | "totp"
  | "noTotp"
  | "limit"
  | "mailLimit"
  | "busy"
  | "notResettable"
  | "unverified"
  | "flow"
  | "delivery"
  | "trigger"
  | "gone"
  | "firewall"
  /** Something that was entered has not the form that Cognito wants. */
  | "invalid"
  | "other";

/** Calls whose reply was lost: done or not, a second one would not say. */
export type UncertainAuth =
  | "SignUp"
  | "RespondToAuthChallenge"
  | "ChangePassword"
  | "ConfirmForgotPassword"
  | "VerifySoftwareToken";

/** `never`: there is no file of tokens. `other`: of another pool. `refused`: the pool takes them no longer. */
export type NotSignedInReason = "never" | "other" | "refused";
