import type { Template } from '../template.ts';

/** A cloud assembly (cdk.out), as `cdk synth` wrote it and a reader gives it. */
export interface Assembly {
  readonly stacks: readonly AssemblyStack[];
  /** Values of an account that the synthesis asked for and that were not there: the CDK put placeholders in their place. */
  readonly lookups: readonly string[];
}

/** One stack that would be deployed by itself. */
export interface AssemblyStack {
  readonly name: string;
  /** The file of its template, as people find it: `cdk.out/OrdersApi.template.json`. */
  readonly file: string;
  /** The account that the assembly names for it; null: any. */
  readonly account: string | null;
  readonly region: string | null;
  readonly template: Template;
  /** Where a resource stands, by its logical id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Bytes of a function's code, unpacked, by the function's logical id; without those that are not in the assembly. */
  readonly codeBytes: ReadonlyMap<string, number>;
}

export interface Place {
  /** The path of its construct, `OrdersApi/Worker`; the logical id where the assembly tells none. */
  readonly path: string;
  /** Line of the template's file; null: unknown. */
  readonly line: number | null;
  /** Where the source makes it, `infra/app.ts:24`; null: the assembly does not tell. */
  readonly source: string | null;
}

/** A resource of one of the stacks: logical ids are unique in a stack only. */
export interface ResourceKey {
  readonly stack: string;
  readonly id: string;
}

export const keyText = ({ stack, id }: ResourceKey): string => `${stack}/${id}`;
