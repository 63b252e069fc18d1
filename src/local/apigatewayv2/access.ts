// Who may take a route: what its authorizer says of a request, and what a request that may not is answered.

import { scopesOf, type JwtContext } from "./claims.ts";
import { identityAt, type Sources } from "./identity-source.ts";
import { createJwtVerifier } from "./jwt.ts";
import type { DeployedRoute } from "./model.ts";
import type { Surroundings } from "./apis.ts";

export type Access = { readonly isGranted: true; readonly jwt?: JwtContext } | NoAccess;

export interface NoAccess {
  readonly isGranted: false;
  readonly status: 401 | 403;
  /** The answer's `www-authenticate`. */
  readonly challenge?: string;
}

/** Asked for every request of a route, before anything of it runs. */
export type Authorize = (route: DeployedRoute, sources: Sources) => Promise<Access>;

export function createAuthorize({ env, issuers }: Pick<Surroundings, "env" | "issuers">): Authorize {
  const verifier = createJwtVerifier({ clock: env.clock, issuers });

  return async ({ authorizationType, authorizer, authorizationScopes: wanted = [] }, sources) => {
    if (authorizationType === "NONE") return { isGranted: true };
    // Signatures are not checked here: such a route stays shut.
    if (authorizationType === "AWS_IAM") return { isGranted: false, status: 403 };
    const token = authorizer && tokenOf(identityAt(authorizer.identitySource[0] ?? "", sources));
    if (authorizer === undefined || token === undefined) {
      return { isGranted: false, status: 401, challenge: "Bearer" };
    }
    const verdict = await verifier.verify(token, authorizer.jwtConfiguration);
    if (!verdict.isValid) {
      return { isGranted: false, status: 401, challenge: challenge(wanted, "invalid_token", verdict.reason) };
    }
    const scopes = scopesOf(verdict.claims);
    if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
      const reason = `expected scopes: [${wanted.join(" ")}]`;
      return { isGranted: false, status: 403, challenge: challenge(wanted, "insufficient_scope", reason) };
    }
    return { isGranted: true, jwt: { claims: verdict.printed, scopes: wanted.length > 0 ? scopes : null } };
  };
}

/** "The identitySource can include only the token, or the token prefixed with Bearer." */
function tokenOf(identity: string | undefined): string | undefined {
  const token = identity?.replace(/^Bearer(\s+|$)/i, "").trim();
  return token === "" ? undefined : token;
}

/** In the form in which API Gateway sends it, without RFC 6750's commas. */
function challenge(wanted: readonly string[], error: string, reason: string): string {
  return `Bearer scope="${quotable(wanted.join(" "))}" error="${error}" error_description="${quotable(reason)}"`;
}

/** Parts of it come from the token and from whoever made the route. */
function quotable(text: string): string {
  return text.replaceAll(/[^ !#-[\]-~]/g, "");
}
