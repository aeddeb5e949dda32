/**
 * That too few users came for a verdict. In tenths: what a gate says is written down whenever it changes, and so changes ten times at most, however many
 * come.
 */
export function tooFewRequests(requests: number, wanted: number): string {
  const tenths = Math.floor((requests / wanted) * 10) * 10;
  return `no verdict is possible yet: ${tenths > 0 ? `${tenths} %` : 'less than a tenth'} of ${wanted} requests of users seen`;
}
