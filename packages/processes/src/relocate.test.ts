import type { ProcessSpec } from '@soundbite/model';
import { expect, it } from 'vitest';
import { relocated } from './relocate.ts';

const spec: ProcessSpec = {
  name: 'a',
  command: '/old/home/bin/a',
  args: ['--at=/old/home', '/old/home-2/x', '/very/old/home', '/old/home/$&'],
  cwd: '/old/home/a',
  env: { PATH: '/old/home/bin:/usr/bin', B: '/old/homes', C: '/old/home' },
  restart: 'always',
};

it('a spec follows its home, and only its home', () => {
  expect(relocated(spec, '/old/home', '/new')).toEqual({
    ...spec,
    command: '/new/bin/a',
    args: ['--at=/new', '/old/home-2/x', '/very/old/home', '/new/$&'],
    cwd: '/new/a',
    env: { PATH: '/new/bin:/usr/bin', B: '/old/homes', C: '/new' },
  });
  expect(relocated(spec, '/elsewhere', '/new')).toEqual(spec);
});
