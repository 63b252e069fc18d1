// The time in a proof of SRP: written as Cognito wants it, and not long past.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** A proof from further away is refused, like a wrong password. */
const MOST_AWAY_MS = 5 * 60_000;

/** `Thu Nov 5 09:00:00 UTC 2026`: no zero before the day, the weekday right. */
function toTimestamp(time: number): string {
  const date = new Date(time);
  const [clock = ""] = date.toISOString().slice(11).split(".");
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
  return `${day} ${clock} UTC ${date.getUTCFullYear()}`;
}

export function isTimely(timestamp: string, now: number): boolean {
  const time = Date.parse(timestamp);
  return Math.abs(now - time) <= MOST_AWAY_MS && toTimestamp(time) === timestamp;
}
