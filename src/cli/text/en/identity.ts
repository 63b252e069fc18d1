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
  may({ may, role }) {
    switch (may) {
      case "readAndWriteOwn":
        return "You may read the table, and write the rows whose id begins with your identity's and a colon.";
      case "readAndWriteAny":
        return "You may read the table, and write every row of it.";
      case "read":
        return "A guest may read the table, and write nothing.";
      default:
        return `What ${role} may do is not up to this stack: the role is another one.`;
    }
  },
  exportThem: "In a shell:",
  itemsOf: (kind, table) =>
    `${table}, read from DynamoDB as ${kind === "user" ? "the user who is signed in" : "a guest"}:`,
  ownRows: "* a row of your own",
  done: ({ operation, id }) => `${operation === "put" ? "Put" : "Removed"} ${id}`,
  denied: ({ operation, id, action }) =>
    `${operation === "put" ? "Not put" : "Not removed"}: ${id} (${action} was denied)`,
  notRead: (table, action) => `Not read: ${table} (${action} was denied)`,
  awsSays: "AWS says:",
  wouldCall: (operations) => `This would be called (nothing was): ${listOf(operations)}`,
  reason(reason, action, kind) {
    switch (reason.is) {
      case "allowedBy":
        return `Allowed by ${decided(reason)}.`;
      case "deniedBy":
        return `Denied by ${decided(reason)}.`;
      case "noStatement":
        return `Denied because no statement of ${reason.role} allows ${action} on ${action === "dynamodb:Scan" ? "that table" : "that row"}.`;
      case "limited":
        return `Denied by a ${reason.by}, whatever ${reason.role} says.${
          kind === "guest" && reason.by === "session policy" ? " AWS gives one to every guest." : ""
        }`;
      case "unnoticed":
        return `By its policies ${reason.role} may do that: AWS has not noticed a change of them yet. Try again in a minute.`;
      default:
        return `Why could not be told${unknown(reason)}.`;
    }
  },
};

function decided({ policy, statement }: { readonly policy: string; readonly statement?: string }): string {
  return statement === undefined
    ? `a statement of the policy ${policy}`
    : `the statement ${statement} of the policy ${policy}`;
}

function unknown({ right, message }: { readonly right?: string; readonly message?: string }): string {
  if (right !== undefined) return `: you lack the right ${right}`;
  return message === undefined ? ": by now IAM says otherwise" : `: ${message.replace(/\.$/, "")}`;
}
