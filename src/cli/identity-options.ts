// Values of the identity pool's options, checked before anything is called.

import type { IdentityEnableOptions } from "../commands/identity-enable.ts";
import type { WriteOptions } from "../commands/identity-write.ts";
import { Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";

export function toIdentityEnableOptions({ guests, admins }: OptionValues): IdentityEnableOptions {
  return {
    ...(typeof guests === "boolean" ? { guests } : {}),
    ...(typeof admins === "boolean" ? { admins } : {}),
  };
}

export function toCallerOptions({ guest }: OptionValues): { readonly guest: boolean } {
  return { guest: guest === true };
}

/** @throws {Problem} `InvalidOption` for neither name nor id, for a price that is no number */
export function toWriteOptions(values: OptionValues): WriteOptions {
  const { name, id, price } = values;
  if (id === "") throw new Problem("InvalidOption", { option: "--id", value: "", must: "nameOrId" });
  if (name === "" || (name === undefined && id === undefined)) {
    throw new Problem("InvalidOption", { option: "[name]", value: "", must: "nameOrId" });
  }
  return {
    ...toCallerOptions(values),
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof price === "string" ? { price: toPrice(price) } : {}),
  };
}

function toPrice(value: string): number {
  const price = Number(value);
  if (value.trim() !== "" && Number.isFinite(price)) return price;
  throw new Problem("InvalidOption", { option: "--price", value, must: "number" });
}
