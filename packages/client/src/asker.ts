import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { z } from 'zod';
import { patienceOf } from './patience.ts';
import { ask, type Link } from './transport.ts';

/** How a control plane is reached, and for how long one that went away is waited for. */
export interface Connection extends Link {
  /** Told when the connection broke and is being tried again. */
  readonly onReconnect?: ((error: unknown) => void) | undefined;
  /** In ms. */
  readonly patienceMs: number;
}

/** The ways to ask for one answer. */
export type Asker = ReturnType<typeof asker>;

export function asker(connection: Connection) {
  const get = <T extends z.ZodType>(path: string, schema: T, signal?: AbortSignal) =>
    ask(connection, { method: 'GET', path, signal }, schema);
  const post = <T extends z.ZodType>(path: string, body: unknown, schema: T) =>
    ask(connection, { method: 'POST', path, body }, schema);
  const put = <T extends z.ZodType>(path: string, body: unknown, schema: T, signal?: AbortSignal) =>
    ask(connection, { method: 'PUT', path, body, signal }, schema);
  const remove = <T extends z.ZodType>(path: string, schema: T) => ask(connection, { method: 'DELETE', path }, schema);
  /** For what is the same when it is asked twice. Nobody there from the start is said at once. */
  const insist = <T extends z.ZodType>(path: string, body: unknown, schema: T) =>
    persist(connection, () => post(path, body, schema), undefined, false);
  /** A file, of which the same is the same when it is sent twice. */
  const insistOnFile = <T extends z.ZodType>(path: string, file: Uint8Array, schema: T) =>
    persist(connection, () => ask(connection, { method: 'POST', path, file }, schema), undefined, false);
  return { get, post, put, remove, insist, insistOnFile };
}

/** Tries again while the connection is broken, for as long as the patience lasts; `first` decides whether a first refusal counts. */
export async function persist<T>(
  connection: Connection,
  once: () => Promise<T>,
  signal?: AbortSignal,
  first = true,
): Promise<T> {
  const left = patienceOf(connection.patienceMs);
  for (let wait = 50, attempt = 0; ; wait = Math.min(wait * 2, 1000), attempt++) {
    try {
      return await once();
    } catch (error) {
      if ((!first && isNobody(error, attempt)) || !left.outlasts(error)) throw error;
      connection.onReconnect?.(error);
      await pause(wait, undefined, signal === undefined ? {} : { signal });
      left.begins(wait);
    }
  }
}

/** Nobody was there from the start: that is not a restart, and waiting for it would be silence. */
export const isNobody = (error: unknown, attempt: number) =>
  attempt === 0 && error instanceof SoundBiteError && error.code === 'control-plane-down';

/** `?name=value&…` of what is given; nothing where nothing is. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const present = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
}
