import { expect, it } from 'vitest';
import { withoutDebug } from './wasm.ts';

/** Node's, which the types of this repository do not know. */
const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: {
    instantiate(
      bytes: Uint8Array,
    ): Promise<{ readonly instance: { readonly exports: Record<string, { readonly value: number }> } }>;
  };
};

const head = Buffer.from('\0asm\x01\0\0\0', 'latin1');
/** A section whose content is of fewer than 128 bytes. */
const section = (kind: number, content: Buffer) => Buffer.concat([Buffer.from([kind, content.length]), content]);
const custom = (name: string, text: string) => {
  const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name + text)]);
  return section(0, content);
};
/** One global that is 42, exported as a. */
const global = section(6, Buffer.from([1, 0x7f, 0, 0x41, 42, 0x0b]));
const exported = section(7, Buffer.from([1, 1, 0x61, 3, 0]));

it('leaves out what debuggers read, and nothing else', async () => {
  const debugged = [custom('.debug_info', 'a'), global, custom('name', 'b'), exported, custom('.debug_str', 'c')];
  const found = withoutDebug(Buffer.concat([head, ...debugged]));
  expect(Buffer.from(found)).toEqual(Buffer.concat([head, global, custom('name', 'b'), exported]));
  const { instance } = await engine.instantiate(found);
  expect(instance.exports.a?.value).toBe(42);
  expect(Buffer.from(withoutDebug(found))).toEqual(Buffer.from(found));
});

it.each([
  ['another file', Buffer.from('#!/bin/sh')],
  ['half of one', Buffer.concat([head, global]).subarray(0, -1)],
  ['one without the end of a length', Buffer.concat([head, Buffer.from([0, 0xff])])],
  ['one with an endless length', Buffer.concat([head, Buffer.alloc(9, 0xff)])],
])('refuses %s', (_what, bytes) => {
  expect(() => withoutDebug(bytes)).toThrow(/it is|no length/);
});
