/** What the service says, and whether it can be reached at all. Paths are relative: an edge may prefix them. */

const AGAIN_MS = 1500;

const band = document.getElementById('away');
let since; // when it went away
let isLooking = false;

/** What the service says of a path; undefined while it is away. Then the page says so, and `again` makes it anew when it is back. */
export async function read(path, again) {
  const response = await fetch(path).catch(() => undefined);
  if (response === undefined) void untilBack(again);
  return response?.ok ? await response.json() : undefined;
}

async function untilBack(again) {
  if (isLooking) return;
  isLooking = true;
  since ??= new Date();
  band.textContent = `The service cannot be reached since ${since.toLocaleTimeString()}. What stands here may be older.`;
  do await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  while (!(await fetch('health').catch(() => undefined)));
  isLooking = false;
  await again();
  if (isLooking) return;
  since = undefined;
  band.textContent = '';
}
