// Values of sign-in's options, checked before anything is called.

import type { AuthEnableOptions } from "../commands/auth-enable.ts";
import { Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";

const PROTECTS = ["all", "writes", "none"] as const;

/** @throws {Problem} `InvalidOption` */
export function toAuthEnableOptions({ protect, adminsOnlyDelete }: OptionValues): AuthEnableOptions {
  const chosen = PROTECTS.find((each) => each === protect);
  if (protect !== undefined && chosen === undefined) {
    throw new Problem("InvalidOption", { option: "--protect", value: String(protect), must: "protect" });
  }
  return {
    ...(chosen === undefined ? {} : { protect: chosen }),
    ...(typeof adminsOnlyDelete === "boolean" ? { adminsOnlyDelete } : {}),
  };
}
