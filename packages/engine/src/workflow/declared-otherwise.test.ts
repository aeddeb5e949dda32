import type { Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { Declared } from '../store/environment-record.ts';
import type { Records } from '../store/records.ts';
import { sitesOf } from '../store/sites.ts';
import { declaredOtherwise } from './declared-otherwise.ts';

const environment = (port: number, kind: 'real' | 'emulated' = 'real') =>
  ({ name: 'staging', port, cloud: { kind, account: '1' }, service: { limits: { textBytes: 3000 } } }) as never;

const isHere = ({ cloud }: Environment) => cloud.kind === 'emulated';
function recordsWith(standing: Omit<Declared, 'environment'> | null, port = 5): Records {
  const declaration = () => ({ environments: [environment(port)], digest: 'x' as never });
  const sites = sitesOf({ id: 'a'.repeat(32), host: 'laptop' }, { declaration, isHere });
  return { sites, declaredAs: async () => standing && { environment: environment(port), ...standing } } as never;
}
const ana = { by: 'ana', host: 'desk', at: '2026-11-26T12:00:00.000Z' };

it('a shared environment that is declared here otherwise is said with who declared it before, and when', async () => {
  expect(await declaredOtherwise(recordsWith(ana), environment(2))).toEqual({
    ...ana,
    differs: [{ path: 'port', recorded: 5, here: 2 }],
  });
});

it('nothing is said of the same declaration, of the first, and of an environment of this home', async () => {
  expect(await declaredOtherwise(recordsWith(ana), environment(5))).toBeNull();
  expect(await declaredOtherwise(recordsWith(null), environment(2))).toBeNull();
  expect(await declaredOtherwise(recordsWith(ana), environment(2, 'emulated'))).toBeNull();
});
