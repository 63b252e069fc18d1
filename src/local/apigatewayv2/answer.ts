// What API Gateway makes of a function's answer: payload format 2.0, its inference included.

export interface Answer {
  readonly status: number;
  /** Flat: name, value, name, value, so that Set-Cookie may come more than once. */
  readonly headers: string[];
  /** Text where it is text: Node then sends head and body in one write. */
  readonly body: Buffer | string;
}

/** They belong to the connection, or are computed from the body. */
const NOT_PASSED_ON = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What may stand in a header's value: visible Latin-1, space and tab. */
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * Without a `statusCode` any JSON is a 200 answer of itself; with one, status, headers, cookies and body are taken
 * from it (API Gateway developer guide, "Lambda function response for format 2.0").
 * @param corsConfigured the API's own CORS configuration then wins over what the function says
 * @returns undefined for nonsense, which becomes a 500
 */
export function toAnswer(payload: Uint8Array, corsConfigured: boolean): Answer | undefined {
  const json = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["statusCode"] === undefined) {
    const body = typeof value === "string" ? value : json;
    return { status: 200, headers: ["content-type", "application/json"], body };
  }
  const status = toStatus(value["statusCode"]);
  const headers = toHeaders(value["headers"], value["cookies"], corsConfigured);
  const body = toBody(value["body"], value["isBase64Encoded"] === true);
  return status === undefined || headers === undefined || body === undefined ? undefined : { status, headers, body };
}

function toStatus(value: unknown): number | undefined {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

function toBody(value: unknown, isBase64Encoded: boolean): Buffer | string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return undefined;
  return isBase64Encoded ? Buffer.from(value, "base64") : value;
}

function toHeaders(headers: unknown, cookies: unknown, corsConfigured: boolean): string[] | undefined {
  const flat: string[] = [];
  let hasType = false;
  if (headers !== undefined && headers !== null) {
    if (!isObject(headers)) return undefined;
    for (const [given, value] of Object.entries(headers)) {
      const name = given.toLowerCase();
      if (value === null || NOT_PASSED_ON.has(name)) continue;
      if (corsConfigured && name.startsWith("access-control-")) continue;
      if (typeof value === "object" || !TOKEN.test(name) || !FIELD_VALUE.test(String(value))) return undefined;
      hasType ||= name === "content-type";
      flat.push(name, String(value));
    }
  }
  if (cookies !== undefined && cookies !== null) {
    if (!Array.isArray(cookies)) return undefined;
    for (const cookie of cookies) {
      if (typeof cookie !== "string" || !FIELD_VALUE.test(cookie)) return undefined;
      flat.push("set-cookie", cookie);
    }
  }
  if (!hasType) flat.push("content-type", "text/plain;charset=UTF-8");
  return flat;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
