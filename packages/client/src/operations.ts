import { Digest } from '@soundbite/model/digest.ts';
import type { Actor } from '@soundbite/model/people/roles.ts';
import { z } from 'zod';
import { demoOperations } from './operations/demo.ts';
import { environmentOperations } from './operations/environments.ts';
import { eventOperations } from './operations/events.ts';
import { flowOperations } from './operations/flow.ts';
import { peopleOperations } from './operations/people.ts';
import { promotionOperations } from './operations/promotions.ts';
import { releaseOperations } from './operations/releases.ts';

export type { Operation } from './operations/operation.ts';

/**
 * Every call of the control plane's HTTP API. The OpenAPI document is made from this table, the control plane and its fake are served by it: a call
 * that is not here does not exist, and none is read in another way than it is documented.
 */
export const operations = {
  ...environmentOperations,
  ...releaseOperations,
  ...promotionOperations,
  ...flowOperations,
  ...peopleOperations,
  ...eventOperations,
  ...demoOperations,
} as const;

export type OperationName = keyof typeof operations;

/** The parts of paths that vary. What no form is demanded of is simply not found. */
export const pathParts: Readonly<Record<string, { readonly schema: z.ZodType; readonly description: string }>> = {
  name: { schema: z.string(), description: 'An environment’s name' },
  id: { schema: z.string(), description: 'What the call that made it answered' },
  token: { schema: z.string(), description: 'A token’s name' },
  digest: { schema: Digest, description: 'A release’s digest' },
};

/** The names of a path's varying parts, in order. */
export const partsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part ?? '');

type Whole<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<never, never>;
/** The names of a path's varying parts: `name` of `/v1/environments/{name}`. */
export type PathPart<Path> = Path extends `${string}{${infer Part}}${infer Rest}` ? Part | PathPart<Rest> : never;

/** A request that was read: path, query and body in the contract's types, of somebody who may ask for it. `signal` ends when the asker goes away. */
export interface OperationRequest<Name extends OperationName, O = (typeof operations)[Name]> {
  readonly path: {
    readonly [Part in PathPart<O extends { path: infer Path } ? Path : never>]: Part extends 'digest' ? Digest : string;
  };
  readonly query: O extends { query: infer Query } ? Whole<Query> : Record<never, never>;
  readonly body: O extends { body: infer Body } ? Whole<Body> : O extends { file: object } ? Uint8Array : undefined;
  /** Who asks. */
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

type AnswerOf<Name extends OperationName> = z.output<(typeof operations)[Name]['answer']>;

/** A server of the API provides one function for each operation. Thrown errors become an ErrorEnvelope with its status. */
export type Handlers = {
  readonly [Name in OperationName]: (
    asked: OperationRequest<Name>,
  ) => (typeof operations)[Name] extends { lines: true }
    ? Promise<AsyncIterable<AnswerOf<Name>>>
    : Promise<AnswerOf<Name>> | AnswerOf<Name>;
};
