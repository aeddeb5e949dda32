import { describe, expect, it } from 'vitest';
import { checkSpec, specDigest, withPort } from './spec.ts';

const spec = {
  name: 'account-000000000001',
  command: '/usr/bin/node',
  args: ['--port={port}', '{port}'],
  env: { PORT: '{port}', URL: 'http://127.0.0.1:{port}/{port}' },
  port: 9501,
  health: { url: 'http://127.0.0.1:{port}/health', withinMs: 1_000 },
  restart: 'always',
} as const;

describe('checkSpec', () => {
  it('passes a spec', () => {
    expect(checkSpec(spec)).toEqual(spec);
  });

  it.each([
    ['name', { ...spec, name: '../x' }],
    ['name', { ...spec, name: 'host' }],
    ['name', { ...spec, name: 'UPPER' }],
    ['command', { ...spec, command: '' }],
    ['args', { ...spec, args: [1] }],
    ['args', { ...spec, args: ['a\0b'] }],
    ['env', { ...spec, env: { A: 1 } }],
    ['port', { ...spec, port: 0 }],
    ['health', { ...spec, health: { url: 'x' } }],
    ['restart', { ...spec, restart: 'sometimes' }],
    ['stopSignal', { ...spec, stopSignal: 'SIGKILL' }],
    ['uid', { ...spec, uid: -1 }],
    ['more', { ...spec, more: 1 }],
    ['object', null],
  ])('refuses a wrong %s and names it', (key, value) => {
    expect(() => checkSpec(value)).toThrow(
      expect.objectContaining({ code: 'bad-spec', message: expect.stringContaining(key) }),
    );
  });
});

describe('specDigest', () => {
  it('knows nothing of the order of keys, and all of the rest', () => {
    const turned = Object.fromEntries(Object.entries(spec).reverse()) as unknown as typeof spec;
    expect(specDigest(turned)).toBe(specDigest(spec));
    expect(specDigest({ ...spec, args: ['{port}', '--port={port}'] })).not.toBe(specDigest(spec));
    expect(specDigest({ ...spec, env: { ...spec.env, PORT: '1' } })).not.toBe(specDigest(spec));
  });
});

describe('withPort', () => {
  it('puts the port into args, env and health', () => {
    expect(withPort(spec, 7)).toMatchObject({
      args: ['--port=7', '7'],
      env: { PORT: '7', URL: 'http://127.0.0.1:7/7' },
      health: { url: 'http://127.0.0.1:7/health' },
    });
    expect(withPort(spec, null)).toEqual(spec);
  });
});
