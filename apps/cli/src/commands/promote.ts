import { randomUUID } from 'node:crypto';
import type { Client } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { Duration, durationMs } from '@soundbite/model/gates/duration.ts';
import type { CommandAction, Options } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { usageError } from '../exits.ts';
import { promotionResult, type WaitAtMost } from '../follow.ts';
import { resolveRelease } from '../releases.ts';
import type { CommandResult, Shell } from '../shell.ts';

export const run: CommandAction = async (shell, [environment], options) => {
  const client = connectTo(shell);
  refuseContradictions(environment, options);
  if (typeof options.attach === 'string') {
    return promotionResult(shell, client, await client.promotion(options.attach), waitOf(options));
  }
  const release = typeof options.release === 'string' ? await resolveRelease(client, options.release) : undefined;
  const start = environment ?? (await startOf(shell, client, release, options));
  return promoteInto(shell, client, { environment: start, release, options });
};

/** Promotes into one environment, and with `--through` on from there; `--no-wait` returns what was accepted. Used by `deploy` too. */
export async function promoteInto(
  shell: Shell,
  client: Client,
  { environment, release, options }: { environment: string; release: Digest | undefined; options: Options },
): Promise<CommandResult> {
  const view = await client.promote({
    environment,
    kind: 'promote',
    override: options.override === true,
    ...(options.breakGlass === true ? { breakGlass: true } : {}),
    allowRemovals: Array.isArray(options.allowRemoval) ? [...options.allowRemoval] : [],
    idempotencyKey: randomUUID(),
    ...(release === undefined ? {} : { release }),
    ...(typeof options.reason === 'string' ? { reason: options.reason } : {}),
    ...(typeof options.fixForward === 'string' ? { fixForward: options.fixForward } : {}),
    ...(typeof options.through === 'string' ? { through: options.through } : {}),
  });
  return promotionResult(shell, client, view, waitOf(options));
}

/** How long it is waited for: to the end, not at all, or at most so long for what is not let in. */
function waitOf({ wait, waitAtMost }: Options): boolean | WaitAtMost {
  if (typeof waitAtMost !== 'string') return wait !== false;
  const given = Duration.safeParse(waitAtMost);
  if (!given.success) throw usageError(`--wait-at-most ${waitAtMost} is no time`, 'write 90s, 10m or 24h');
  return { ms: durationMs(given.data) };
}

/**
 * Where `--through` begins when no environment is named: at the second one, since the first holds what is brought on; with a release, or where it goes no
 * further than the first: at the first.
 */
async function startOf(
  shell: Shell,
  client: Client,
  release: Digest | undefined,
  { through }: Options,
): Promise<string> {
  if (typeof through !== 'string') throw missing((await readDeclaration(shell)).environments.at(-1)?.name);
  const { environments } = await client.environments();
  const [first, second] = environments.map(({ name }) => name);
  return (release || through === first ? first : second) ?? through;
}

function refuseContradictions(environment: string | undefined, options: Options): void {
  const { attach: attached, override, breakGlass, reason } = options;
  if (attached !== undefined && environment !== undefined) {
    throw usageError('--attach names a promotion; drop the environment', 'soundbite promote --attach <promotion>');
  }
  if ((override === true || breakGlass === true) && !(typeof reason === 'string' && reason.trim())) {
    const what = breakGlass === true ? 'who breaks the glass says why' : 'an override needs a reason';
    throw new SoundBiteError('override-without-reason', what, { hint: 'add --reason "why"' });
  }
}

const missing = (last = '<environment>') =>
  usageError(
    'promote needs an environment, or --through',
    `soundbite promote ${last}, or soundbite promote --through ${last}`,
  );
