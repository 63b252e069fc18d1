// AWS credentials for users and guests.

import type { IdentityTexts } from "../identity-texts.ts";
import { listOf } from "./lists.ts";

export const identity: IdentityTexts = {
  enabled: "Users get AWS credentials of their own.",
  wasEnabled: "Nothing to do: users get AWS credentials already.",
  who: ({ guests, admins }) => [
    "Whoever is signed in may read the table and write rows of their own, whose id begins with their identity's.",
    guests
      ? "Guests, who did not sign in, may read the table."
      : "Guests, who did not sign in, get nothing (--guests lets them read).",
    ...(admins ? ["Members of the group admins may write every row, once they have signed in again."] : []),
  ],
  next: "Next:",
  leftover: "The identity pool was to be deleted, and this is left of it:",
  poolIs: (identityPoolId) => `Identity pool: ${identityPoolId}`,
  roleMay: (name) => `${name} may:`,
  noPolicy: "nothing: it has no policy of ours",
  caller: ({ kind, arn, identityId }) => [
    `${kind === "user" ? "You are" : "As a guest you are"} ${arn}`,
    `Identity: ${identityId}`,
  ],
  until: (moment, seconds) => `Until ${moment}, ${Math.round(seconds / 60)} minutes from now.`,
  may: {
    user: "Rows of your own begin with your identity's id and a colon.",
    guest: "A guest may read the table, and write nothing.",
  },
  exportThem: "In a shell:",
  itemsOf: (kind, table) =>
    `${table}, read from DynamoDB as ${kind === "user" ? "the user who is signed in" : "a guest"}:`,
  ownRows: "* a row of your own",
  done: ({ operation, id }) => `${operation === "put" ? "Put" : "Removed"} ${id}`,
  denied: ({ operation, id, action }) =>
    `${operation === "put" ? "Not put" : "Not removed"}: ${id} (${action} was denied)`,
  awsSays: "AWS says:",
  wouldCall: (operations) => `This would be called (nothing was): ${listOf(operations)}`,
  reason(reason, action) {
    switch (reason.is) {
      case "allowedBy":
        return reason.statement === ""
          ? `Allowed by the policy ${reason.policy}.`
          : `Allowed by the statement ${reason.statement} of the policy ${reason.policy}.`;
      case "deniedBy":
        return `Denied by the statement ${reason.statement || "(without a name)"} of the policy ${reason.policy}.`;
      case "noStatement":
        return `Denied because no statement of ${reason.role} allows ${action} on that row.`;
      case "sessionPolicy":
        return `${reason.role} would allow it; what limits these credentials beside their role does not.`;
      default:
        return `Why could not be told (${reason.missing}).`;
    }
  },
};
