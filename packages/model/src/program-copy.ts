import type { DeliveryProgram } from './service-declaration/shape.ts';

/** The kinds of programs that a service may bring. */
export type ProgramKind = 'smoke';

/** A program's files, proven and copied for one run. */
export interface ProgramCopy extends Pick<DeliveryProgram, 'command' | 'seconds'> {
  /** Absolute; the program's working directory. */
  readonly directory: string;
  remove(): Promise<void>;
}
