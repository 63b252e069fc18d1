// `/<pool id>/.well-known/`: a pool's public keys and its OpenID configuration, for anybody, as on AWS.

import type { JSONWebKeySet } from "jose";
import { Reply } from "../service.ts";
import type { CloudEnvironment } from "../service.ts";
import type { WireRequest } from "../wire/wire.ts";
import { issuerOf } from "./tokens.ts";

const PATH = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/;

export interface WellKnown {
  isFor(path: string): boolean;
  serve(request: Pick<WireRequest, "method" | "path">): Reply;
}

export function createWellKnown(
  env: CloudEnvironment,
  keysOf: (poolId: string) => JSONWebKeySet | undefined,
): WellKnown {
  return {
    isFor: (path) => PATH.test(path),
    serve({ method, path }) {
      const [, poolId = "", document] = PATH.exec(path) ?? [];
      const jwks = keysOf(poolId);
      if (jwks === undefined) return json(404, { message: `User pool ${poolId} does not exist.` });
      if (method !== "GET" && method !== "HEAD") return json(405, { message: "Method Not Allowed" });
      return json(200, document === "jwks.json" ? jwks : configurationOf(issuerOf(env.region, poolId)));
    },
  };
}

/** What AWS says of a pool without a domain; the addresses are AWS's, as the tokens' issuer is. */
function configurationOf(issuer: string): object {
  return {
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
}

function json(status: number, value: object): Reply {
  return new Reply(status, { "content-type": "application/json" }, Buffer.from(JSON.stringify(value)));
}
