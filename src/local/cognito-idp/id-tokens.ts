// ID tokens of this cloud's user pools, for the identity pools that take them for a login.

import type { IdTokenClaims, IdTokens } from "../service.ts";
import type { CognitoContext } from "./context.ts";
import { issuerOf } from "./tokens.ts";
import { userKey } from "./users.ts";

export function createIdTokens(context: CognitoContext): IdTokens {
  const { env, keys, pools, users, grants } = context;
  const poolIdOf = (provider: string): string => {
    const prefix = issuerOf(env.region, "").slice("https://".length);
    return provider.startsWith(prefix) ? provider.slice(prefix.length) : "";
  };

  return {
    async open(provider, token) {
      const poolId = poolIdOf(provider);
      const claims = claimsIn(token);
      if (claims === undefined) return { outcome: "malformed" };
      if (claims["iss"] !== `https://${provider}`) return { outcome: "foreign" };
      // A kill may have left the keys of a pool that was deleted.
      if (pools.get(poolId) === undefined || !(await keys.hasSigned(poolId, token))) return { outcome: "unsigned" };
      return { outcome: "opened", claims };
    },
    isCurrent(provider, { sub, event_id: eventId = "" }) {
      const poolId = poolIdOf(provider);
      const grant = grants.get(eventId);
      if (grant === undefined || grant.isRevoked || grant.poolId !== poolId || grant.sub !== sub) return false;
      const user = users.get(userKey(poolId, grant.username));
      return user?.sub === sub && user.isEnabled;
    },
  };
}

/** Unverified; undefined when they cannot be read. */
function claimsIn(token: string): IdTokenClaims | undefined {
  const parts = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return parts.length === 3 && isClaims(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function isClaims(value: unknown): value is IdTokenClaims {
  if (typeof value !== "object" || value === null) return false;
  return "sub" in value && typeof value.sub === "string" && "exp" in value && typeof value.exp === "number";
}
