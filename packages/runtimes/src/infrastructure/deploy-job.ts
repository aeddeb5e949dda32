import type { CloudAccess, ErrorDocument } from '@soundbite/model';

/** What one child process of the CDK toolkit deploys; written to its standard input as one line of JSON, which then stays open while its parent lives. */
export interface DeployJob {
  readonly access: CloudAccess;
  readonly toolkitStack: string;
  /** A scratch copy of an assembly: the toolkit writes into it. */
  readonly assembly: string;
  readonly stack: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** ms between looks at the stack. */
  readonly everyMs: number;
}

/** Lines of the child's standard output. The last is `done` or `failed`. */
export type DeployLine =
  | { readonly type: 'progress'; readonly code: string | null; readonly text: string }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: ErrorDocument };
