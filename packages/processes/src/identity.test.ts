import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { identify, isAlive, leftovers, signal } from './identity.ts';
import { isFree, listenersOn, pickPort } from './ports.ts';
import { isAnswered, listens } from './probe.ts';

describe('a process’s identity', () => {
  it('holds while it lives, and names no other process', async () => {
    const child = spawn('/bin/sleep', ['60']);
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error('it lives');
    expect(isAlive(identity)).toBe(true);
    // As if the pid had been given to another process since, or the machine had been started again.
    expect(isAlive({ ...identity, ticks: identity.ticks - 1 })).toBe(false);
    expect(isAlive({ ...identity, boot: 'another' })).toBe(false);
    expect(signal({ ...identity, ticks: identity.ticks - 1 }, 'SIGKILL')).toBe(false);
    expect(isAlive(identity)).toBe(true);
    expect(signal(identity, 'SIGKILL')).toBe(true);
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identify(child.pid ?? 0)).toBeNull();
  });

  it('finds the group that a dead leader left, but not if the pid is another’s by now', async () => {
    const leader = spawn('/bin/sh', ['-c', '/bin/sleep 60 & echo $!; wait'], { detached: true });
    const [line] = await once(leader.stdout, 'data');
    const sleeper = Number(String(line));
    const identity = identify(leader.pid ?? 0);
    if (identity === null) throw new Error('it lives');
    expect(leftovers({ ...identity, ticks: identity.ticks - 1 }, '/no/log')).toEqual([]);
    leader.kill('SIGKILL');
    await once(leader, 'exit');
    expect(leftovers(identity, '/no/log').map(({ pid }) => pid)).toEqual([sleeper]);
    process.kill(sleeper, 'SIGKILL');
  });
});

describe('ports', () => {
  it('are free ones, the last one first, and promised to one only', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isFree(port)).toBe(false);
    const next = await pickPort(port, null, new Set());
    expect(next).toBeGreaterThan(port);
    expect(await pickPort(port, next, new Set())).toBe(next);
    expect(await pickPort(port, next, new Set([next]))).toBeGreaterThan(next);
    server.close();
    await once(server, 'close');
    expect(await pickPort(port, null, new Set())).toBe(port);
  });

  it('belong to who listens there, so that nobody is healthy by another’s answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(listenersOn(port).size).toBe(1);
    expect(await isAnswered(port)).toBe(true);
    const child = spawn('/bin/sleep', ['60'], { detached: true });
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error('it lives');
    expect(listens(identity, port)).toContain('another process');
    server.close();
    await once(server, 'close');
    expect(listens(identity, port)).toContain('does not listen');
    expect(await isAnswered(port)).toBe(false);
    child.kill('SIGKILL');
  });
});
