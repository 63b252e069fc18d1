// Shapes of members that several operations have, as AWS's reference prints them.

import type { Shape } from "../service.ts";

const NAME_PATTERN = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+";

export const POOL_ID: Shape = { type: "string", required: true, min: 1, max: 55, pattern: "[\\w-]+_[0-9a-zA-Z]+" };
export const POOL_NAME: Shape = { type: "string", min: 1, max: 128, pattern: "[\\w\\s+=,.@-]+" };
export const CLIENT_ID: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 128,
  pattern: "[\\w+]+",
  isSensitive: true,
};
export const USERNAME: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 128,
  pattern: NAME_PATTERN,
  isSensitive: true,
};
export const PASSWORD: Shape = { type: "string", max: 256, pattern: "[\\S]+", isSensitive: true };
export const CODE: Shape = { type: "string", required: true, min: 1, max: 2048, pattern: "[\\S]+" };
export const ACCESS_TOKEN: Shape = { type: "string", pattern: "[A-Za-z0-9-_=.]+", isSensitive: true };
export const SESSION: Shape = { type: "string", min: 20, max: 2048, isSensitive: true };
export const ATTRIBUTES: Shape = {
  type: "list",
  of: {
    type: "structure",
    members: {
      Name: { type: "string", required: true, min: 1, max: 32, pattern: NAME_PATTERN },
      Value: { type: "string", max: 2048, isSensitive: true },
    },
  },
};
export const GROUP_NAME: Shape = { type: "string", required: true, min: 1, max: 128, pattern: NAME_PATTERN };
export const METADATA: Shape = { type: "map", of: { type: "string", max: 131_072 } };
export const LIMIT: Shape = { type: "integer", min: 0, max: 60 };
export const MAX_RESULTS: Shape = { type: "integer", min: 1, max: 60 };
export const TOKEN: Shape = { type: "string", min: 1, max: 131_072, pattern: "[\\S]+" };
export const TAGS: Shape = {
  type: "map",
  keys: { type: "string", min: 1, max: 128 },
  of: { type: "string", max: 256 },
};

/** What public calls have beside their own; nothing here depends on it. */
export const PUBLIC: Readonly<Record<string, Shape>> = {
  ClientMetadata: METADATA,
  AnalyticsMetadata: { type: "structure" },
  UserContextData: { type: "structure" },
};
