import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Credentials } from '@soundbite/model';

/** The wanted state of one stack, for the toolkit's process. */
export interface ToolkitJob {
  /** The cloud assembly; the toolkit writes its locks into it. */
  readonly directory: string;
  readonly stack: string;
  /** The bootstrap stack. */
  readonly toolkitStack: string;
  readonly region: string;
  /** The name of the change set. */
  readonly attempt: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Termination protection as the stack has it: the toolkit is not to change it. */
  readonly isProtected: boolean;
  readonly everyMs: number;
}

/** Messages to the toolkit's process. It makes the change set at once, and executes it when told to. */
export type ToToolkit =
  | { readonly say: 'job'; readonly job: ToolkitJob }
  | { readonly say: 'credentials'; readonly credentials: Credentials }
  | { readonly say: 'execute' };

/** Messages from it. It requests the controller's credentials whenever it has no valid ones. */
export type FromToolkit =
  | { readonly say: 'credentials' }
  | { readonly say: 'event'; readonly event: StackEvent }
  | { readonly say: 'made' }
  | { readonly say: 'executed' }
  | { readonly say: 'failed'; readonly error: ToldError };

/** An error as it crosses from one process to the other. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  /** HTTP status of an answer of AWS. */
  readonly httpStatusCode?: number;
  readonly cause?: ToldError;
}

/** Errors are sent with their causes: the toolkit wraps AWS's errors in its own. */
export function tellError(error: unknown, depth = 0): ToldError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return {
    name: error.name,
    message: error.message,
    ...(httpStatusCode === undefined ? {} : { httpStatusCode }),
    ...(error.cause === undefined || depth > 8 ? {} : { cause: tellError(error.cause, depth + 1) }),
  };
}

/** The received error, in the shape in which the AWS SDK throws it. */
export function toldError({ name, message, httpStatusCode, cause }: ToldError): Error {
  const error = new Error(message, cause ? { cause: toldError(cause) } : {});
  return Object.assign(error, { name }, httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } });
}
