// Sign-in.

import type { AuthTexts } from "../catalogue.ts";
import { userCount } from "./lists.ts";

export const auth: AuthTexts = {
  enabled: "Sign-in is on.",
  wasEnabled: "Nothing to do: sign-in is on already.",
  disabled: "Sign-in is off: every route is open to everybody. Pool, client and users stay.",
  wasDisabled: "Nothing to do: sign-in is off already.",
  routes(protectedRoutes, { protect }) {
    if (protectedRoutes.length === 0) return "No route wants a token: everybody may call the API.";
    const which = protect === "all" ? "Every route wants" : `${protectedRoutes.join(" and ")} want`;
    return `${which} a token; without one the API answers 401.`;
  },
  adminsDelete: (hasOwnCode) =>
    hasOwnCode
      ? "Only the group admins may delete, if your own code sees to it: it is told by the variable DELETE_ONLY_FOR (the package's handler shows how)."
      : "Only the group admins may delete; anybody else gets 403 from the function.",
  signUp: "Next:",
  again: "On again:",
  poolIs: ({ userPoolId, clientId, issuer, users }) => [
    ...(userPoolId === undefined
      ? []
      : [`User pool: ${userPoolId}${users === undefined ? "" : `, ${userCount(users)}`}`]),
    ...(clientId === undefined ? [] : [`App client: ${clientId}`]),
    ...(issuer === undefined ? [] : [`Issuer of its tokens: ${issuer}`]),
  ],
  leftover: "Sign-in was to be deleted, and this is left of it:",
  routeIs({ routeKey, isProtected, authorizationType }) {
    const otherwise = authorizationType === "NONE" ? "open" : `protected otherwise (${authorizationType})`;
    return `${routeKey.padEnd(20)} ${isProtected ? "wants a token" : otherwise}`;
  },
};
