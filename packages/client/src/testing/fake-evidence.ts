import { type Digest, digestOf, PlainEvidence, type ReleaseEvidence, SoundBiteError } from '@soundbite/model';
import type { z } from 'zod';
import type * as schemas from '../schemas.ts';
import type { Ledger } from './fake-places.ts';

/** Evidence of releases in memory, newest first. It reads the plain form alone. `demand` refuses an unknown release. */
export function fakeEvidence(ledger: Ledger, demand: (release: Digest) => Digest) {
  const all: (ReleaseEvidence & { readonly content: Uint8Array })[] = [];
  const shown = ({ content: _, ...one }: (typeof all)[number]): schemas.EvidenceView => ({
    ...one,
    newest: all.find(({ release, kind }) => release === one.release && kind === one.kind)?.id === one.id,
  });
  return {
    addEvidence(
      release: Digest,
      { kind, url, actor }: schemas.EvidenceQuery & { readonly actor: string },
      content: Uint8Array,
    ): schemas.EvidenceView {
      const { verdict, facts } = readPlainForm(content);
      demand(release);
      const digest = digestOf(content);
      const newest = all.find((one) => one.release === release && one.kind === kind);
      if (newest?.digest === digest && newest.by === actor) return shown(newest);
      const id = `e-${all.length + 1}`;
      const about = { id, release, kind, digest, bytes: content.length, url: url ?? null, by: actor };
      const one = { ...about, format: 'json', verdict, facts, at: new Date().toISOString(), newest: true } as const;
      all.unshift({ ...one, content });
      ledger.record('evidence.added', release, { id, kind, verdict, digest, by: actor });
      return one;
    },
    evidenceOf: (release: Digest): schemas.EvidenceList => ({
      evidence: all.filter((one) => one.release === release).map(shown),
    }),
    evidence(id: string, withFile: boolean): schemas.EvidenceView {
      const found = all.find((one) => one.id === id);
      if (!found) throw new SoundBiteError('evidence-unknown', `there is no evidence ${id}`);
      return { ...shown(found), ...(withFile && { file: Buffer.from(found.content).toString('base64') }) };
    },
  };
}

function readPlainForm(content: Uint8Array): z.output<typeof PlainEvidence> {
  try {
    return PlainEvidence.parse(JSON.parse(new TextDecoder().decode(content)));
  } catch (cause) {
    throw new SoundBiteError('evidence-unreadable', 'line 1: the file is not valid JSON', { cause });
  }
}
