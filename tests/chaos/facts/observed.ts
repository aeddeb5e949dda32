import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LambdaClient, paginateListVersionsByFunction } from '@aws-sdk/client-lambda';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { fixedNames, type LedgerEntry, shortDigest } from '@soundbite/model';
import { itemsOf } from '../../../packages/runtimes/src/infrastructure/testing-hands.ts';
import type { ChaosPlace, ChaosStage } from '../stage.ts';

/** As the account's root, who sees all. */
async function access({ home }: ChaosStage, { account, endpoint }: ChaosPlace) {
  const credentials = JSON.parse(await readFile(join(home, 'accounts', account, 'root.json'), 'utf8')) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  return { endpoint, region: 'us-east-1', credentials, forcePathStyle: true };
}

/** Every release that has other than one published version of a function where it has any; and `live`, if it has none. */
export async function doubledVersions(stage: ChaosStage, place: ChaosPlace, live: string): Promise<string[]> {
  if (place.runtime !== 'aws') return [];
  const client = new LambdaClient(await access(stage, place));
  const { apiFunction, workerFunction } = fixedNames(place.name);
  const problems: string[] = [];
  for (const name of [apiFunction, workerFunction]) {
    const count = new Map<string, number>([[live, 0]]);
    for await (const page of paginateListVersionsByFunction({ client }, { FunctionName: name }))
      for (const { Version, Environment } of page.Versions ?? []) {
        const release = Environment?.Variables?.SOUNDBITE_RELEASE ?? 'no release';
        if (Version !== '$LATEST') count.set(release, (count.get(release) ?? 0) + 1);
      }
    for (const [release, versions] of count)
      if (versions !== 1)
        problems.push(`${name} has ${versions} versions of ${shortDigest(release as `sha256:${string}`)}`);
  }
  client.destroy();
  return problems;
}

/** An audio object of an environment's bucket. */
export interface AudioObject {
  readonly key: string;
  /** When it was stored, in ms since 1970. */
  readonly at: number;
}

export async function audioObjects(stage: ChaosStage, place: ChaosPlace): Promise<AudioObject[]> {
  const client = new S3Client(await access(stage, place));
  const found: AudioObject[] = [];
  const Bucket = `${fixedNames(place.name).bucketPrefix}${place.account}`;
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: 'audio/' }))
    for (const { Key = '', LastModified } of page.Contents ?? [])
      found.push({ key: Key, at: LastModified?.getTime() ?? 0 });
  client.destroy();
  return found;
}

/** What the records say of audio objects. */
export interface AudioNames {
  /** Keys that soundbites play, and those of audio that may be shared; not those of rehearsals. */
  readonly played: ReadonlySet<string>;
  /** Folders of soundbites of which a note says that the sweep removes what nobody plays. */
  readonly swept: ReadonlySet<string>;
}

export async function audioNames(stage: ChaosStage, place: ChaosPlace): Promise<AudioNames> {
  const played = new Set<string>();
  const swept = new Set<string>();
  for (const { sk, id, audio, made } of await itemsOf(await access(stage, place), fixedNames(place.name).table)) {
    const key = audio?.M?.key?.S ?? made?.M?.key?.S;
    if (key?.startsWith('audio/')) played.add(key);
    if (sk?.S === 'litter') swept.add(`audio/${id?.S}/`);
  }
  return { played, swept };
}

/** How often each text stands in an environment's list. */
export async function listedTexts({ url }: ChaosPlace): Promise<Map<string, number>> {
  const count = new Map<string, number>();
  for (let cursor: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: '100', ...(cursor === undefined ? {} : { cursor }) });
    const answer = await fetch(`${url}/soundbites?${query}`);
    if (!answer.ok) throw new Error(`GET /soundbites answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { soundbites: { text: string }[]; next: string | null };
    for (const { text } of page.soundbites) count.set(text, (count.get(text) ?? 0) + 1);
    if (!page.next) return count;
    cursor = page.next;
  }
}

export async function ledger({ client }: ChaosStage): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (;;) {
    const { entries } = await client.ledger({ after: all.length, limit: 1000 });
    all.push(...(entries as LedgerEntry[]));
    if (entries.length < 1000) return all;
  }
}
