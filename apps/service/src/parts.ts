import type { VoiceEngine } from './engines/engine.ts';
import { ENGINE_KINDS, type EngineKind } from './engines/kinds.ts';
import { type Log, openLog } from './log.ts';
import type { Settings } from './settings.ts';
import { type AudioBucket, openBucket } from './stores/bucket.ts';
import { openQueue, type Queue } from './stores/queue.ts';
import { openSecret, type Secret } from './stores/secret.ts';
import { openTable, type Table } from './stores/table.ts';

/** What the service works with, made once for each process or function instance. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly table: Table;
  readonly bucket: AudioBucket;
  readonly queue: Queue;
  readonly secret: Secret;
  readonly engineKind: EngineKind;
  /** Loads the engine when it is first asked for. */
  readonly engine: () => Promise<VoiceEngine>;
  readonly now: () => number;
  close(): Promise<void>;
}

export function openParts(settings: Settings, part: 'api' | 'worker', now: () => number = Date.now): ServiceParts {
  const table = openTable(settings, now);
  const bucket = openBucket(settings);
  const queue = openQueue(settings);
  const engineKind = ENGINE_KINDS[settings.service.voiceEngine];
  let engine: Promise<VoiceEngine> | undefined;
  return {
    settings,
    log: openLog(settings, part),
    table,
    bucket,
    queue,
    secret: openSecret(settings, now),
    engineKind,
    engine: () => {
      engine ??= engineKind.load(settings);
      return engine;
    },
    now,
    async close() {
      await (await engine)?.close();
      for (const store of [table, bucket, queue]) store.close();
    },
  };
}
