import { randomUUID } from 'node:crypto';
import type { Client, PromotionView, StatusEnvironment } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { promotionDocument } from '@soundbite/reports';
import type { Options, Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { exitOfPromotions, exits, usageError } from '../exits.ts';
import { type Followed, follow, promotionResult } from '../follow.ts';
import { resolveRelease } from '../releases.ts';
import type { Result, Shell } from '../shell.ts';

export const run: Run = async (shell, [environment], options) => {
  const client = connectTo(shell);
  refuseContradictions(environment, options);
  if (typeof options.attach === 'string') return attach(shell, client, options.attach);
  const release = typeof options.release === 'string' ? await resolveRelease(client, options.release) : undefined;
  if (typeof options.through === 'string') {
    return promoteThrough(shell, client, { from: environment, through: options.through, release, options });
  }
  if (environment === undefined) throw missing();
  return promoteOne(shell, client, { environment, release, options });
};

/** Promotes into one environment; `--no-wait` returns what was accepted. Used by `deploy` too. */
export async function promoteOne(
  shell: Shell,
  client: Client,
  { environment, release, options }: { environment: string; release: Digest | undefined; options: Options },
): Promise<Result> {
  const view = await request(client, environment, release, options);
  if (options.wait === false) return promotionResult(shell, view);
  const { view: last, detached } = await follow(shell, client, view);
  return promotionResult(shell, last, detached);
}

function request(client: Client, environment: string, release: Digest | undefined, options: Options) {
  return client.promote({
    environment,
    kind: 'promote',
    override: options.override === true,
    allowRemovals: Array.isArray(options.allowRemoval) ? [...options.allowRemoval] : [],
    idempotencyKey: randomUUID(),
    ...(release === undefined ? {} : { release }),
    ...(typeof options.reason === 'string' ? { reason: options.reason } : {}),
  });
}

async function attach(shell: Shell, client: Client, id: string): Promise<Result> {
  const { view, detached } = await follow(shell, client, await client.promotion(id));
  return promotionResult(shell, view, detached);
}

interface Journey {
  readonly from: string | undefined;
  readonly through: string;
  readonly release: Digest | undefined;
  readonly options: Options;
}

/** Environment by environment with one release; stops at the first that does not take it. */
async function promoteThrough(shell: Shell, client: Client, journey: Journey): Promise<Result> {
  const { environments } = await client.status();
  let release = journey.release;
  const promotions: PromotionView[] = [];
  let last: Followed | undefined;
  for (const { name } of stretch(environments, journey)) {
    const view = await request(client, name, release, journey.options);
    last = await follow(shell, client, view);
    promotions.push(last.view);
    release = last.view.release;
    if (last.view.state !== 'succeeded') break;
  }
  return {
    document: { promotions: promotions.map(promotionDocument) },
    text: '',
    exit: last?.detached ? exits.detached : exitOfPromotions(promotions),
  };
}

/** The environments of a journey. Without a start: the second one, since the first holds what is brought on; with a release: the first. */
function stretch(all: readonly StatusEnvironment[], { from, through, release }: Journey): readonly StatusEnvironment[] {
  const index = (name: string) => {
    const found = all.findIndex((environment) => environment.name === name);
    if (found < 0)
      throw new SoundBiteError('environment-unknown', `${name} is no declared environment`, { source: 'user' });
    return found;
  };
  const end = index(through);
  const start = from === undefined ? (release ? 0 : 1) : index(from);
  if (start > end) throw usageError(`${through} comes before ${all[start]?.name}`, 'soundbite env list');
  return all.slice(start, end + 1);
}

function refuseContradictions(environment: string | undefined, options: Options): void {
  const { attach: attached, through, wait, override, reason } = options;
  if (attached !== undefined && environment !== undefined) {
    throw usageError(
      '--attach names a promotion; leave the environment away',
      'soundbite promote --attach <promotion>',
    );
  }
  if (through !== undefined && wait === false) {
    throw usageError('--through waits for each environment; leave --no-wait away', 'soundbite promote --help');
  }
  if (override === true && !(typeof reason === 'string' && reason.trim())) {
    throw new SoundBiteError('override-without-reason', 'an override needs a reason', {
      source: 'user',
      mend: 'add --reason "why"',
    });
  }
}

const missing = () =>
  usageError(
    'promote needs an environment, or --through',
    'soundbite promote staging, or soundbite promote --through production',
  );
