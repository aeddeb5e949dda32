/** `2026-12-01T08:00:30.000Z` → `2026-12-01 08:00 UTC`; seconds only where there are some. */
export function minuteText(time: string): string {
  const [day = '', clock = ''] = new Date(time).toISOString().split('T');
  return `${day} ${clock.startsWith('00', 6) ? clock.slice(0, 5) : clock.slice(0, 8)} UTC`;
}
