import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import {
  adoptedSuffix,
  canonicalJson,
  combinedId,
  coverDirectory,
  liveFile,
  losses,
  type ParameterValues,
  removalRefused,
  SoundBiteError,
  shortDigest,
  unnamed,
} from '@soundbite/model';
import { asRecord } from '@soundbite/model/template.ts';
import { publishAssets } from './assets.ts';
import { changeSetNames, makeChangeSet } from './change-set.ts';
import { deployStack, type OpenedStack, openChanges, type StackChange } from './changes.ts';
import { withCloudFormation } from './client.ts';
import { codePlaces } from './live.ts';
import { liveVersions } from './live-versions.ts';
import { releaseOf, settledStack } from './stack.ts';
import type { Templates } from './templates.ts';
import { isWhole, standingOf } from './trouble.ts';

/** A stack that is still as it was before its adoption. */
interface Untouched {
  readonly main: OpenedStack;
  readonly cover: OpenedStack;
  /** The versions that are live, by the parameters that say them. */
  readonly versions: ParameterValues;
}

/** See `Infrastructure.adopt`. */
export async function adoptStacks(templates: Templates, change: StackChange): Promise<string[]> {
  const covers = await openChanges({ ...change, directory: join(change.directory, coverDirectory) });
  const untouched: Untouched[] = [];
  for (const main of await openChanges(change)) {
    const cover = covers.find(({ stack }) => stack === main.stack);
    if (cover && (await isForeign(templates, change, main)))
      untouched.push({ main, cover, versions: await versionsFor(change, main) });
  }
  for (const one of untouched) await proveNothingLost(change, one);
  for (const one of untouched) await deployStack(templates, change, withVersions(one.cover, one.versions), true);
  return untouched.map(({ main: { stack }, versions }) => toldOf(stack, versions));
}

const toldOf = (stack: string, versions: ParameterValues): string => {
  const named = Object.entries(versions).map(
    ([name, version]) => `${name.slice(0, -adoptedSuffix.length)} on ${version}`,
  );
  return `${stack} is adopted${named.length > 0 ? ` (${named.join(', ')})` : ''}`;
};

/** Whether a stack is as it was when it was sealed; false: it has been adopted as this release. Errors: `adoption-refused`. */
async function isForeign(
  templates: Templates,
  { cloud, directory, release }: StackChange,
  { stack, assembly, bringing }: OpenedStack,
): Promise<boolean> {
  return withCloudFormation(await cloud.access({ role: assembly.deployRole }), async (client) => {
    const present = await settledStack(client, stack, bringing.pace);
    if (!isWhole(present)) throw refused(`the stack ${stack} ${standingOf(present)}`);
    const has = releaseOf(present);
    if (has === release) return false;
    if (has !== null) throw refused(`the stack ${stack} has ${shortDigest(has)} already`);
    const sealed: unknown = JSON.parse(await readFile(join(directory, coverDirectory, liveFile(stack)), 'utf8'));
    if (canonicalJson(await templates.of(client, present)) === canonicalJson(sealed)) return true;
    throw refused(`somebody deployed the stack ${stack} since it was looked at`);
  });
}

const refused = (message: string) =>
  new SoundBiteError('adoption-refused', message, {
    hint: 'see what became of it, then run soundbite adopt <environment> again',
  });

async function versionsFor(
  { cloud }: StackChange,
  { stack, assembly, bringing }: OpenedStack,
): Promise<ParameterValues> {
  const access = await cloud.access('controller');
  return liveVersions({
    access,
    stack,
    template: asRecord(assembly.template),
    sealed: async (id) => {
      const [place] = codePlaces(access, assembly.template, id);
      const path = assembly.assets.find(({ key }) => key === place?.key)?.path;
      return path === undefined
        ? undefined
        : createHash('sha256')
            .update(await readFile(path))
            .digest('base64');
    },
    hold: bringing.hold,
  });
}

const withVersions = (opened: OpenedStack, versions: ParameterValues): OpenedStack => {
  const { bringing } = opened;
  const parameters = { ...bringing.wanted.parameters, ...versions };
  return { ...opened, bringing: { ...bringing, wanted: { ...bringing.wanted, parameters } } };
};

/** Asks CloudFormation what the next step will do to the stack as it stands, and executes nothing. Errors: `removal-unnamed`. */
async function proveNothingLost({ cloud, allowed }: StackChange, { main, cover, versions }: Untouched): Promise<void> {
  const { stack, stacks, assembly, bringing } = withVersions(main, versions);
  await publishAssets(cloud, assembly.assets);
  await withCloudFormation(await cloud.access({ role: assembly.deployRole }), async (client) => {
    const entries = (await makeChangeSet(client, bringing.wanted, 'UPDATE', bringing.pace)) ?? [];
    await client.send(new DeleteChangeSetCommand(changeSetNames(bringing.wanted)));
    // What the cover retains leaves the stack, and not the account.
    const kept = entries.filter(({ id, action }) => action !== 'Remove' || !isRetained(cover, id));
    const found = losses({ entries: kept, before: cover.assembly.template, after: assembly.template });
    const lost = unnamed(
      found.map((loss) => ({ ...loss, id: combinedId(stacks, stack, loss.id) })),
      allowed,
    );
    if (lost.length > 0) throw removalRefused(lost);
  });
}

const isRetained = ({ assembly }: OpenedStack, id: string): boolean =>
  asRecord(asRecord(asRecord(assembly.template).Resources)[id]).DeletionPolicy === 'Retain';
