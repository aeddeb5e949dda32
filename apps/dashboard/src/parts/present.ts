/** An answer that took longer says little of what time it is now. */
const quickMs = 2_000;
/** An answer names whole seconds, and took its time: what differs by less is taken for the same. */
const sameMs = 3_000;

/** By so much the control plane's clock is before this browser's, in ms. */
let ahead = 0;

/** The time by the control plane, whose times are shown, in ms since 1970: this browser's clock may be hours off, or be set anew. */
export const presentTime = (): number => Date.now() + ahead;

/** What this browser's clock said (ms since 1970), by the control plane's. */
export const asPresent = (time: number): number => time + ahead;

/** Takes the time from an answer: its `Date`, and when it was asked for by this browser's clock, in ms since 1970. */
export function hearTime(date: string | null, askedAt: number): void {
  const [told, now] = [Date.parse(date ?? ''), Date.now()];
  if (Number.isNaN(told) || Math.abs(now - askedAt) > quickMs) return;
  const difference = told - now;
  if (Math.abs(difference - ahead) > sameMs) ahead = Math.abs(difference) > sameMs ? difference : 0;
}
