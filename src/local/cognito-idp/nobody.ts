// What somebody who is not there looks like: the same salt and user name whenever the same name is tried (RFC 5054).

import { createHmac, hkdfSync } from "node:crypto";
import type { StoredPassword } from "./records.ts";

export interface Nobody {
  readonly username: string;
  readonly stored: StoredPassword;
}

/** @param secret of the pool */
export function nobody(secret: Buffer, name: string): Nobody {
  const derive = (what: string): Buffer =>
    createHmac("sha256", secret).update(`${what}\n${name.toLowerCase()}`).digest();
  return {
    username: uuidOf(derive("username")),
    stored: {
      salt: derive("salt").subarray(0, 16).toString("hex"),
      // Below the group's modulus, and like a verifier: nobody can tell, and no password has it.
      verifier: Buffer.from(hkdfSync("sha256", secret, "", `verifier\n${name.toLowerCase()}`, 383)).toString("hex"),
    },
  };
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return parts.join("-");
}
