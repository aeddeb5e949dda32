import { open } from 'node:fs/promises';
import { ErrorEnvelope } from '@soundbite/client';
import { receivedError, type SoundBiteError } from '@soundbite/model/errors.ts';

/** pino's level of what the control plane logs last when it cannot go on: an error document. */
const fatal = 60;

const lastBytes = 64 * 1024;

/** Why a control plane ended, by its log; null when it has not said so since `since` (ms since 1970). */
export async function endingReason(log: string, since: number): Promise<SoundBiteError | null> {
  const lines = (await tailOf(log)).split('\n').reverse();
  for (const line of lines) {
    const said = jsonOf(line) as { readonly level?: unknown; readonly time?: unknown } | null;
    const document = ErrorEnvelope.safeParse({ error: said });
    if (said?.level !== fatal || !document.success) continue;
    const isOld = typeof said.time !== 'number' || said.time < since;
    return isOld ? null : receivedError(document.data.error);
  }
  return null;
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, lastBytes));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
