import type { z } from 'zod';
import type { OperationName, operations, PathPart } from './operations.ts';

type Table = typeof operations;

/** `GET /v1/environments/{name}` */
type RouteOf<O> = O extends { method: infer Method extends string; path: infer Path extends string }
  ? `${Uppercase<Method>} ${Path}`
  : never;

/** As it is asked: what has a default may be missing, and a number is one, not yet text. */
type Asked<Query extends z.ZodType, In = z.input<Query>, Out = z.output<Query>> = {
  readonly [Key in keyof In]: In[Key] | Out[Key & keyof Out];
};

/** What a call is asked with, what it answers, and whether that comes in lines. */
interface Route<O> {
  readonly path: PathPart<O extends { path: infer Path } ? Path : never>;
  readonly query: O extends { query: infer Query extends z.ZodType } ? Asked<Query> : undefined;
  readonly body: O extends { body: infer Body extends z.ZodType } ? z.input<Body> : undefined;
  readonly answer: O extends { answer: infer Answer extends z.ZodType } ? z.output<Answer> : never;
  readonly lines: O extends { lines: true } ? true : false;
}

/**
 * The types of every call of the API by its route as text, for who asks without the table itself: the browser, which must not load schemas. What takes a file
 * is not among them.
 */
export type Routes = {
  readonly [Name in OperationName as Table[Name] extends { file: object } ? never : RouteOf<Table[Name]>]: Route<
    Table[Name]
  >;
};
