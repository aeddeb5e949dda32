import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, PromotionView } from '@soundbite/client';
import { type DemoJournal, demoReason } from '@soundbite/model/demo/journal.ts';
import type { DemoScript } from '@soundbite/model/demo/script.ts';
import type { Digest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import { duration } from '@soundbite/reports/text.ts';
import type { Shell } from '../shell.ts';
import { writeJournal } from './journal-file.ts';
import { narration, visitLine } from './narration.ts';
import type { Narrator } from './narrator.ts';
import type { DemoTree } from './tree.ts';
import { startVisitor, type Visitor } from './visitor.ts';

/** Where a demo takes place. */
export interface DemoStage {
  readonly environment: string;
  readonly url: string;
  /** What is live there. */
  readonly before: Digest;
}

/** What the parts of a demo have in common. */
export interface Show extends DemoStage {
  readonly shell: Shell;
  readonly client: Client;
  readonly narrator: Narrator;
  readonly script: DemoScript;
  readonly signal: AbortSignal;
  /** Cuts one of the script's releases, and says so. */
  cut(which: keyof DemoScript['releases']): Promise<Digest>;
  /** Waits for a cut that is under way: nothing stops one. */
  settled(): Promise<unknown>;
}

interface Showing extends Omit<Show, 'cut' | 'settled'> {
  readonly tree: DemoTree;
  readonly journal: DemoJournal;
}

export function showOn({ tree, journal, ...about }: Showing): Show {
  let pending: Promise<unknown> = Promise.resolve();
  const commits = [...journal.commits];
  return {
    ...about,
    async cut(which) {
      const { subject } = about.script.releases[which];
      about.narrator.say(narration.cuts(subject));
      commits.push(await tree.commit(about.script.releases[which]));
      await writeJournal(about.shell.home, { ...journal, commits });
      about.signal.throwIfAborted();
      const cutting = about.client.cut({ source: tree.directory });
      pending = cutting.catch(() => undefined);
      const { release } = await orInterrupt(cutting, about.signal);
      about.narrator.fact('cut', { which, release, subject });
      return release;
    },
    settled: () => pending,
  };
}

/** Where the service's own program may leave what it made: it stays when the demo is over. */
export async function keptIn({ home }: Shell): Promise<string> {
  const directory = join(home, 'demo-kept');
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Runs a part under the eyes of a client, says what that met, and then what came of the part. */
export async function watched(show: Show, part: string, act: (visitor: Visitor) => Promise<string>): Promise<void> {
  const { narrator, url, script } = show;
  const asked = `${url}${script.asks}`;
  narrator.say(narration.visits(asked));
  const visitor = startVisitor(asked, (visits) => narrator.live(visitLine(visits)));
  try {
    await visitor.until(({ requests }) => requests > 0, show.signal);
    const outcome = await act(visitor);
    const { byRelease, ...visits } = await visitor.leave();
    narrator.live(null);
    narrator.say(outcome);
    narrator.fact('client', { part, ...visits, byRelease: Object.fromEntries(byRelease) });
  } finally {
    await visitor.leave();
    narrator.live(null);
  }
}

interface Followed {
  readonly kind: 'promote' | 'rollback';
  readonly release: Digest;
  /** Hears of each step that ended. */
  readonly hear?: (step: PromotionView['steps'][number]) => void;
}

/** Asks for a promotion, or a rollback, and follows it to its end. Errors: `demo-not-now` where it would wait for something. */
export async function followed(
  { client, narrator, environment, signal }: Pick<Show, 'client' | 'narrator' | 'environment' | 'signal'>,
  part: string,
  { kind, release, hear }: Followed,
): Promise<PromotionView> {
  const override = kind === 'promote' ? { override: true } : {};
  const request = { environment, kind, release, reason: demoReason, idempotencyKey: randomUUID(), ...override };
  let view = await client.promote(request);
  const told = new Set<number>();
  narrator.fact('promotion', { part, promotion: view.promotion, kind, release });
  for await (view of client.watchPromotion(view.promotion, signal)) {
    refuseWaiting(view);
    for (const [index, step] of view.steps.entries()) {
      const { name, state, seconds, detail = '' } = step;
      if (state === 'running' || told.has(index)) continue;
      told.add(index);
      narrator.aside(`${name} ${state}${seconds === null ? '' : ` (${duration(seconds)})`}`);
      narrator.fact('step', { part, promotion: view.promotion, step: name, state, seconds, detail });
      hear?.(step);
    }
  }
  const { promotion, state, reason } = view;
  narrator.fact('ended', { part, promotion, state, reason });
  return view;
}

/** What it would have to wait for a person or a time ends a demo, which puts back what there is to put back. */
function refuseWaiting({ state, waitingFor, environment, reason }: PromotionView): void {
  if (isFinal(state) || waitingFor.length === 0) return;
  throw new SoundBiteError('demo-not-now', `nothing enters ${environment} now: ${reason ?? 'it waits'}`, {
    hint: `soundbite why ${environment}`,
  });
}

/** Where it did not come as a demo says that it comes. */
export function otherwise(what: string, { promotion, state, reason }: PromotionView): SoundBiteError {
  return new SoundBiteError('demo-otherwise', `${what}; it ${state}${reason ? `: ${reason}` : ''}`, {
    hint: `see what happened: soundbite history ${promotion}`,
  });
}

/** The work goes on when nobody waits for it any longer. */
function orInterrupt<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
}
