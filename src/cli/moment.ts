// Times as they are shown: this machine's, and saying so where somebody waits for one.

/** `14:05:09`, here. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** `14:05:09 (UTC+9)`, here; with the day when it is not today. */
export function momentOf(at: number, now = Date.now()): string {
  const [time, today] = [new Date(at), new Date(now)];
  const day = time.toDateString() === today.toDateString() ? "" : `${dayOf(time)} `;
  return `${day}${clockTime(at)} (${offsetOf(time)})`;
}

/** `2026-12-01`, here. */
export function dayOf(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** `UTC+9`, `UTC-3:30`, of that day: summer has another one. */
function offsetOf(time: Date): string {
  const ahead = -time.getTimezoneOffset();
  if (ahead === 0) return "UTC";
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `UTC${ahead > 0 ? "+" : "-"}${hours}${minutes === 0 ? "" : `:${String(minutes).padStart(2, "0")}`}`;
}
