import type { Environment, Signals } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { requestsOf } from './requests.ts';

const environments = [
  ['emulated', 'emulated', 'aws'],
  ['processes', 'real', 'process'],
  ['real', 'real', 'aws'],
].map(([name, kind, runtime]) => ({ name, cloud: { kind }, runtime }) as Environment);

describe('what requests did', () => {
  const asked: string[] = [];
  const source = (name: string): Signals => ({
    async requests(environment, sinceMs) {
      asked.push(`${name}: ${environment} since ${sinceMs}`);
      return [];
    },
  });
  const requests = requestsOf(source('edge'), source('log'), () => undefined);

  it('is told by the edge, and by the service’s log where no edge stands before it', async () => {
    for (const environment of environments) await requests(environment, 7);
    expect(asked).toEqual(['edge: emulated since 7', 'edge: processes since 7', 'log: real since 7']);
  });
});
