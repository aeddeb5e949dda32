import type { Action } from '@soundbite/model/people/roles.ts';
import type { z } from 'zod';

/** A call of the control plane's HTTP API. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` for a part that varies. */
  readonly path: string;
  readonly summary: string;
  /** What whoever asks must be allowed to do. */
  readonly action: Action;
  /**
   * In which environments whoever asks must be allowed to do it; of a look it is only recorded, since all may look everywhere. Absent: none in particular.
   * - path: the one that the path names
   * - body: from the one that the body names to its `through`
   * - id: where the thing is that the path names, a promotion or a freeze
   * - next: the one after the one that the path names; that one itself where it is the last
   * - chain: all up to the last one that is named; all where none is
   */
  readonly where?: 'path' | 'body' | 'id' | 'next' | 'chain';
  /** With `token`, who asks by a browser's cookie may not: it makes what lets in again, which would outlast the session. Absent: both may. */
  readonly by?: 'token';
  /** Further statuses than those that every operation may answer. */
  readonly errors?: readonly (404 | 409)[];
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a file, as it is: so many bytes at most. */
  readonly file?: { readonly most: number };
  readonly answer: z.ZodType;
  /** 200 unless told. */
  readonly status?: 202;
  /** The answer is NDJSON: lines of `answer`. */
  readonly lines?: true;
  /** The lines have a `sequence`: whoever asks for `text/event-stream` gets them as server-sent events, and a `Last-Event-ID` counts as the query’s `after`. */
  readonly numbered?: true;
}

export const define = <const Table extends Readonly<Record<string, Operation>>>(table: Table): Table => table;

/** What an environment's name, a promotion's id or a session's id in a path leads to when there is none. */
export const named = [404] as const;
/** The same, for what may be refused because of what is there now. */
export const refusable = [404, 409] as const;
