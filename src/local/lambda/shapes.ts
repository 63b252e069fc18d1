// What Lambda checks of its input before anything else: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html

import type { Shape } from "../service.ts";
import { FUNCTION_NAME } from "./function-name.ts";

const STRING: Shape = { type: "string" };
const LIST: Shape = { type: "list", of: STRING };
const STRUCTURE: Shape = { type: "structure" };

export const ARCHITECTURES: Shape = {
  type: "list",
  min: 1,
  max: 1,
  of: { type: "string", values: ["x86_64", "arm64"] },
};

/** What a function may be created with and what an update may change. */
const SETTINGS: Readonly<Record<string, Shape>> = {
  FunctionName: FUNCTION_NAME,
  Runtime: STRING,
  Handler: { type: "string", max: 128, pattern: "[^\\s]+" },
  Description: { type: "string", max: 256 },
  Timeout: { type: "integer", min: 1, max: 900 },
  MemorySize: { type: "integer", min: 128, max: 10_240 },
  Environment: {
    type: "structure",
    members: {
      Variables: { type: "map", keys: { type: "string", pattern: "[a-zA-Z]([a-zA-Z0-9_])+" }, of: STRING },
    },
  },
  EphemeralStorage: {
    type: "structure",
    members: { Size: { type: "integer", required: true, min: 512, max: 10_240 } },
  },
  TracingConfig: {
    type: "structure",
    members: { Mode: { type: "string", values: ["Active", "PassThrough"] } },
  },
  LoggingConfig: {
    type: "structure",
    members: {
      LogFormat: { type: "string", values: ["JSON", "Text"] },
      LogGroup: { type: "string", min: 1, max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" },
      ApplicationLogLevel: STRING,
      SystemLogLevel: STRING,
    },
  },
  VpcConfig: { type: "structure", members: { SubnetIds: LIST, SecurityGroupIds: LIST } },
  DeadLetterConfig: { type: "structure", members: { TargetArn: STRING } },
  KMSKeyArn: STRING,
  Layers: LIST,
  FileSystemConfigs: { type: "list", of: STRUCTURE },
  ImageConfig: STRUCTURE,
  SnapStart: { type: "structure", members: { ApplyOn: { type: "string", values: ["PublishedVersions", "None"] } } },
};

const ROLE: Shape = { type: "string", pattern: "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+" };

const CODE: Readonly<Record<string, Shape>> = {
  ZipFile: { type: "blob" },
  S3Bucket: STRING,
  S3Key: STRING,
  S3ObjectVersion: STRING,
  ImageUri: STRING,
};

/** Other kinds of functions and of code than this cloud runs. */
const OTHER_KINDS = [
  "AcceleratorConfig",
  "CapacityProviderConfig",
  "DurableConfig",
  "PublishTo",
  "RuntimeConfig",
  "TenancyConfig",
];
const OTHER_CODE = ["S3ObjectStorageMode", "SourceKMSKeyArn"];
export const NOT_CREATED = [...OTHER_KINDS, ...OTHER_CODE.map((member) => `Code.${member}`)];
export const NOT_UPDATED_CODE = [...OTHER_CODE, "PublishTo"];
export const NOT_UPDATED_CONFIGURATION = OTHER_KINDS;

export const TAGS: Shape = {
  type: "map",
  keys: { type: "string", min: 1, max: 128 },
  of: { type: "string", max: 256 },
};

export const CREATE_FUNCTION: Readonly<Record<string, Shape>> = {
  ...SETTINGS,
  Role: { ...ROLE, required: true },
  Code: { type: "structure", required: true, members: CODE },
  Tags: TAGS,
  Publish: { type: "boolean" },
  PackageType: { type: "string", values: ["Zip", "Image"] },
  Architectures: ARCHITECTURES,
  CodeSigningConfigArn: STRING,
};

export const UPDATE_FUNCTION_CODE: Readonly<Record<string, Shape>> = {
  FunctionName: FUNCTION_NAME,
  ...CODE,
  Architectures: ARCHITECTURES,
  Publish: { type: "boolean" },
  DryRun: { type: "boolean" },
  RevisionId: STRING,
};

export const UPDATE_FUNCTION_CONFIGURATION: Readonly<Record<string, Shape>> = {
  ...SETTINGS,
  Role: ROLE,
  RevisionId: STRING,
};
