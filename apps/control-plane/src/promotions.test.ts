import { SoundBiteError } from '@soundbite/model';
import { expect, it } from 'vitest';
import { promotions } from './promotions.ts';

/** Records that have one promotion, into an environment that was declared once. */
const list = async ({ environment }: { environment?: string }) =>
  environment === 'left' ? [{ promotion: 'p-1' }] : [];
const of = (declaration: () => unknown, name: string) =>
  promotions({ declaration, engine: { records: { list } } } as never, { environment: name, limit: 20 });
const declared = () => ({ environments: [{ name: 'staging' }] });

const broken = () => {
  throw new SoundBiteError('declaration-invalid', 'environments.yaml:3 is half saved');
};

it('the promotions of an environment are shown while it is on record, whatever is declared', async () => {
  expect((await of(declared, 'left')).promotions).toHaveLength(1);
  expect((await of(broken, 'left')).promotions).toHaveLength(1);
});

it('an environment that is neither on record nor declared has none', async () => {
  expect(await of(declared, 'staging')).toEqual({ promotions: [], next: null });
  await expect(of(declared, 'nowhere')).rejects.toMatchObject({ code: 'environment-unknown' });
  await expect(of(broken, 'nowhere')).rejects.toMatchObject({ code: 'declaration-invalid' });
});
