import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Heard } from './follow.ts';
import { followLive } from './live.ts';

/** Ports that pages got, the newest last; each answers as a worker does as long as it lives. */
let ports: Port[];

class Port {
  onmessage: (event: { readonly data: object }) => void = () => undefined;
  lives = true;
  readonly sent: string[] = [];
  postMessage(text: string): void {
    this.sent.push(text);
    if (this.lives && text === 'there?') this.says({ is: 'here' });
  }
  says(data: Heard | { readonly is: 'here' }): void {
    queueMicrotask(() => this.onmessage({ data }));
  }
  close = vi.fn();
}

beforeEach(() => {
  ports = [];
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal(
    'SharedWorker',
    class {
      readonly port = new Port();
      constructor() {
        ports.push(this.port);
      }
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const begun = { is: 'begun', sequence: 7, isGapless: false } as const;

/** A page that follows, with what it was last, and how often everything was asked anew. */
async function page(newest: number | null = null) {
  const changed = vi.fn();
  const live = followLive(changed, newest);
  ports[0]?.says(begun);
  await vi.advanceTimersByTimeAsync(0);
  expect(live.now()).toEqual({ is: 'live' });
  return { live, changed };
}

it('stays live as long as the worker of all tabs says that it is there, however long nothing happens', async () => {
  const { live } = await page();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(live.now()).toEqual({ is: 'live' });
  expect(ports).toHaveLength(1);
});

it('is not live within five seconds after that worker is gone, with its age, and goes on with another', async () => {
  const { live, changed } = await page();
  await vi.advanceTimersByTimeAsync(10_000);
  (ports[0] as Port).lives = false;
  const gone = Date.now();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(live.now()).toMatchObject({ is: 'stale' });
  expect(gone - (live.now() as { since: number }).since).toBeLessThan(1_500);
  expect(ports[0]?.close).toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ports).toHaveLength(2);
  ports[1]?.says(begun);
  await vi.advanceTimersByTimeAsync(0);
  expect(live.now()).toEqual({ is: 'live' });
  // What happened meanwhile nobody told it.
  expect(changed).toHaveBeenCalledTimes(2);
});

it('takes a freeze of its own for no silence', async () => {
  const { live } = await page();
  await vi.advanceTimersByTimeAsync(1_500);
  vi.setSystemTime(Date.now() + 600_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(live.now()).toEqual({ is: 'live' });
});

it('asks nothing anew where nothing happened between the page and the first word of its worker', async () => {
  const { changed } = await page(7);
  expect(changed).not.toHaveBeenCalled();
  ports[0]?.says({ is: 'change', sequence: 8, kind: 'hold' });
  await vi.advanceTimersByTimeAsync(0);
  expect(changed.mock.calls).toEqual([['hold']]);
});

it.each([
  ['something happened meanwhile', 6],
  ['nobody knows whether', null],
])('asks for everything anew where %s', async (_, newest) => {
  const { changed } = await page(newest);
  expect(changed.mock.calls).toEqual([[null]]);
});

it('asks for everything anew after a gap, also where the number is the one that the page was sent with', async () => {
  const { changed } = await page(7);
  ports[0]?.says({ is: 'away', since: Date.now() });
  ports[0]?.says(begun);
  await vi.advanceTimersByTimeAsync(0);
  expect(changed.mock.calls).toEqual([[null]]);
});
