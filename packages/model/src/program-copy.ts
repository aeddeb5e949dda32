import type { DeliveryProgram } from './service-declaration/shape.ts';

/** Programs that a service may bring beside its smoke, in the order in which a promotion runs them. A plan names those that its release brings. */
export const optionalPrograms = ['migration', 'compatibility'] as const;
export type OptionalProgram = (typeof optionalPrograms)[number];

/** Programs that a manifest names only where the service brings them. The tests run where an environment asks for them, at the gate of that name. */
export const namedPrograms = ['tests', ...optionalPrograms] as const;

/** The kinds of programs that a service may bring, by their keys in service.yaml. */
export const programKinds = ['smoke', ...namedPrograms] as const;
export type ProgramKind = (typeof programKinds)[number];

/** A program's files, proven and copied for one run. */
export interface ProgramCopy extends Pick<DeliveryProgram, 'command' | 'seconds'> {
  /** Absolute; the program's working directory. */
  readonly directory: string;
  remove(): Promise<void>;
}
