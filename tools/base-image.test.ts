import { expect, it } from 'vitest';
import { librariesIn } from './base-image.ts';

it('the libraries of a program are those that ldd names by their paths, each once', () => {
  const told = [
    '\tlinux-vdso.so.1 (0x00007ffd)',
    '\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f01)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f02)',
    '\tlibm.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f02)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f03)',
  ].join('\n');
  expect(librariesIn(told)).toEqual([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib/x86_64-linux-gnu/libdl.so.2',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});
