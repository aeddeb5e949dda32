import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Status } from '@soundbite/client';
import { environmentsFile } from '@soundbite/model';
import {
  type DemoObstacle,
  demoIsOfOther,
  demoIsReal,
  demoIsUnfit,
  demoIsUntimely,
} from '@soundbite/model/demo/obstacle.ts';
import { type DemoScript, demoFile, parseDemoScript } from '@soundbite/model/demo/script.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { bringUp } from '../commands/up.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { startHost } from '../host.ts';
import type { Shell } from '../shell.ts';
import { narration } from './narration.ts';
import type { Narrator } from './narrator.ts';
import type { DemoStage } from './show.ts';
import { refuseEdits } from './tree.ts';

/** What the repository has to be shown, refused before anything is started. Errors: `demo-unfit`, `demo-real`, `declaration-invalid`. */
export async function demoScript(shell: Shell): Promise<DemoScript> {
  const { environments } = await readDeclaration(shell);
  refuse(demoIsReal(environments, shell.host.env.SOUNDBITE_RELEASE_STORE || null));
  const script = parseDemoScript({ file: demoFile, text: textOf(shell) });
  if (typeof script === 'string') throw new SoundBiteError('demo-unfit', script, { hint: `fix ${demoFile}` });
  const last = environments.at(-1);
  if (last) refuse(demoIsUnfit(last));
  refuseEdits(shell.root, script);
  return script;
}

function textOf({ root }: Shell): string {
  try {
    return readFileSync(join(root, demoFile), 'utf8');
  } catch (cause) {
    const message = `there is no ${demoFile} in ${root}: the demo breaks a service on purpose, and needs to know how`;
    throw new SoundBiteError('demo-unfit', message, { cause });
  }
}

/**
 * Starts what does not run, as `up` does, and brings a release where nothing is live; a control plane `mustRun` where it is the one that began the demo.
 * False: somebody pressed Ctrl-C. Errors: `control-plane-down`.
 */
export async function broughtUp(shell: Shell, narrator: Narrator, mustRun = false): Promise<boolean> {
  const say = (text: string) => narrator.aside(text);
  const status = mustRun ? await connectTo(shell).status() : await statusNow(shell);
  const isDown = status === null;
  if (!isDown && status.environments.at(-1)?.state !== 'empty') return true;
  narrator.say(narration.upFirst);
  if (isDown && !shell.standalone) await startHost(shell);
  const end = await bringUp(shell, { promote: !isDown, environments: [] }, say);
  if (end === null) return false;
  if (!isDown || end.status.environments.at(-1)?.state !== 'empty') return true;
  return (await bringUp(shell, { promote: true, environments: [] }, say)) !== null;
}

async function statusNow(shell: Shell): Promise<Status | null> {
  try {
    return await connectTo(shell).status();
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'control-plane-down') return null;
    throw error;
  }
}

/** How long a control plane that was killed, or is replaced, may be away, in ms, and how often it is looked for. */
const [backWithinMs, looksEveryMs] = [60_000, 250];

/** Waits for a control plane that is away; whoever needs it then hears that it did not come. */
export async function untilBack(client: Client): Promise<void> {
  const since = performance.now();
  while (performance.now() - since < backWithinMs) {
    const answers = await client.asker().catch(() => null);
    if (answers !== null) return;
    await pause(looksEveryMs);
  }
}

/** Where it takes place: the last environment. Errors: `demo-real`, `demo-not-now`. */
export async function demoStage(client: Client): Promise<DemoStage> {
  const [{ environments }, { shared }] = await Promise.all([client.status(), client.releases()]);
  refuse(demoIsReal(environments, shared?.address ?? null));
  refuse(demoIsUntimely(environments));
  const place = environments.at(-1);
  if (!place?.url || !place.release) throw new SoundBiteError('demo-not-now', `${environmentsFile} declares nothing`);
  const { release, created } = await client.cut();
  const obstacle = demoIsOfOther(place, release);
  if (obstacle && created) await client.remove(release);
  refuse(obstacle);
  return { environment: place.name, url: place.url, before: place.release };
}

function refuse(obstacle: DemoObstacle | null): void {
  if (obstacle) throw new SoundBiteError(obstacle.code, obstacle.message, { hint: obstacle.hint });
}
