import type { Client } from '@soundbite/client';
import { type DemoCleanUp, type DemoSight, nextCleanUp } from '@soundbite/model/demo/clean-up.ts';
import { type DemoJournal, demoReason } from '@soundbite/model/demo/journal.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import type { Shell } from '../shell.ts';
import { endJournal } from './journal-file.ts';
import { narration } from './narration.ts';
import type { Narrator } from './narrator.ts';
import { followed } from './show.ts';
import { removeTree } from './tree.ts';

interface CleaningUp {
  readonly shell: Shell;
  readonly client: Client;
  readonly narrator: Narrator;
  readonly journal: DemoJournal;
  /** Waits for a cut that is under way. */
  readonly settled?: () => Promise<unknown>;
}

/** More than a demo can leave: what is still there then would not go away either. */
const stepsAtMost = 20;

/**
 * Puts back all that a demo changed, whatever it came to, and takes away what it made. It may be interrupted, and then done again.
 * Errors: `demo-unfinished`.
 */
export async function cleanUp({ shell, client, narrator, journal, settled }: CleaningUp): Promise<void> {
  narrator.part(narration.cleanUp);
  // What is being cut of it, also by a demo that was killed, is refused then.
  await removeTree(shell.home);
  await settled?.();
  for (let step = 0; ; step++) {
    const next = nextCleanUp(journal, await seen(client, journal));
    if (next.does === 'nothing') break;
    if (step === stepsAtMost) throw unfinished(`${next.does} was done ${step} times`);
    await doIt({ shell, client, narrator, journal }, next);
  }
  await endJournal(shell.home);
  narrator.say(narration.clean(journal.environment, journal.before));
  narrator.fact('clean', { environment: journal.environment, release: journal.before });
}

async function seen(client: Client, { environment }: DemoJournal): Promise<DemoSight> {
  const [{ record }, { promotions }, { environments }, { releases }] = await Promise.all([
    client.environment(environment),
    client.promotions({ environment, limit: 20 }),
    client.status([environment]),
    client.releases(),
  ]);
  return {
    live: record.liveRelease,
    infrastructure: record.infrastructureRelease,
    open: promotions.filter(({ state }) => !isFinal(state)),
    holds: environments[0]?.holds ?? [],
    releases: releases.filter(({ here }) => here),
  };
}

async function doIt(
  { client, narrator, journal: { environment, before } }: CleaningUp,
  next: DemoCleanUp,
): Promise<void> {
  const ask = (kind: 'promote' | 'rollback') =>
    followed({ client, narrator, environment, signal: never }, 'clean-up', { kind, release: before });
  if (next.does === 'wait') {
    narrator.say(narration.waitsFor(environment));
    for await (const { state, reason } of client.watchPromotion(next.promotion)) refuseEnd(state, reason);
  } else if (next.does === 'let-pass') {
    narrator.say(narration.letsPass(environment));
    // Until it has ended: then it is decided anew by what is there.
    for await (const _ of client.watchPromotion(next.promotion));
  } else if (next.does === 'roll-back' || next.does === 'restore') {
    const isBack = next.does === 'roll-back';
    narrator.say(isBack ? narration.goesBack(environment, before) : narration.restores(environment, before));
    const { state, reason } = await ask(isBack ? 'rollback' : 'promote');
    refuseEnd(state, reason);
  } else if (next.does === 'abort') {
    narrator.say(narration.aborts(environment));
    await client.abort(next.promotion, demoReason);
  } else if (next.does === 'resume') {
    narrator.say(narration.resumes(environment));
    await client.resume(environment, next.hold);
  } else if (next.does === 'remove') {
    await client.remove(next.release);
    narrator.say(narration.removes(next.release));
    narrator.fact('removed', { release: next.release });
  }
}

const never = new AbortController().signal;

function refuseEnd(state: string, reason: string | null): void {
  if (['failed', 'errored', 'aborted'].includes(state)) throw unfinished(`the way back ${state}: ${reason}`);
}

const unfinished = (why: string) =>
  new SoundBiteError('demo-unfinished', `not all is as it was before the demo: ${why}`);
