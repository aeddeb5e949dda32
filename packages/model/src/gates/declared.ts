import { z } from 'zod';
import { isMap } from '../declaration/is-map.ts';
import { words } from '../declaration/issues.ts';
import type { Gate, GateMoment } from './gate.ts';
import { type GateName, gateNames, gates, isGateName } from './map.ts';

/** What stands in environments.yaml: each gate's own schema says what it may be. */
const Options = z.record(z.string(), z.unknown());

/** Zod's code of a problem that is said in words of our own. */
const custom = 'custom' as const;

/** A gate as an environment has it: its options with all defaults, and those that are relaxed where the cloud is emulated. */
export const DeclaredGate = z.strictObject({ gate: z.string(), options: Options, emulated: Options.optional() });
export type DeclaredGate = z.infer<typeof DeclaredGate>;

/** A gate as it is written: its name, or one key with its options. */
export const WrittenGate = z
  .unknown()
  .transform(readGate)
  .meta({ anyOf: gateNames.map(formOf) });

/** The JSON Schema of a gate's options, as they are written. */
export function gateSchema(name: GateName): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(gates[name].options, { io: 'input', target: 'draft-7' });
}

/** Its form for editors: a name alone where no option is obligatory. */
function formOf(name: GateName): Record<string, unknown> {
  const { passes } = gates[name];
  const { $schema: _, ...schema } = gateSchema(name);
  const fixed = Object.keys(onlyEmulated(name)).map((key) => [key, { const: usual(name, key) }]);
  const properties = { ...schema.properties, ...Object.fromEntries(fixed), emulated: relaxed(schema) };
  const whole = {
    type: 'object',
    properties: { [name]: { ...schema, properties } },
    required: [name],
    additionalProperties: false,
    description: `passes when ${passes}`,
  };
  return (schema.required ?? []).length > 0
    ? whole
    : { anyOf: [{ const: name }, whole], description: whole.description };
}

function onlyEmulated(name: GateName): Readonly<Record<string, string>> {
  return (gates[name] as Gate<z.ZodObject, unknown>).onlyEmulated ?? {};
}

/** What an option is when it is absent. */
function usual(name: GateName, key: string): unknown {
  const { shape } = gates[name].options as z.ZodObject;
  return z.parse(shape[key] as z.ZodType, undefined);
}

function relaxed({ properties = {} }: z.core.JSONSchema.BaseSchema) {
  const plain = Object.entries(properties).map(([key, one]) => {
    const { default: _, ...rest } = one as z.core.JSONSchema.BaseSchema;
    return [key, rest];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(plain),
    additionalProperties: false,
    description: 'options that are others where the cloud is emulated',
  };
}

function readGate(written: unknown, context: z.RefinementCtx): DeclaredGate {
  const [name, given] = named(written);
  if (!isGateName(name) || !isMap(given)) {
    context.addIssue({
      code: custom,
      message: `must be a gate (${gateNames.join(', ')}), alone or as the one key of its options`,
    });
    return z.NEVER;
  }
  const { emulated, ...plain } = given;
  const options = gates[name].options.safeParse(plain, { error: words });
  if (!options.success) report(context, options.error, [name]);
  else reportRelaxed(context, name, options.data as DeclaredGate['options']);
  const relaxed = emulated === undefined ? undefined : relaxedBy(name, plain, emulated, context);
  if (!options.success) return z.NEVER;
  const declared = { gate: name, options: options.data as DeclaredGate['options'] };
  return relaxed ? { ...declared, emulated: relaxed } : declared;
}

/** What may be relaxed on an emulated cloud alone is not, where it counts on all. */
function reportRelaxed(context: z.RefinementCtx, name: GateName, options: DeclaredGate['options']): void {
  for (const [key, why] of Object.entries(onlyEmulated(name))) {
    if (options[key] === usual(name, key)) continue;
    const message = `may stand under emulated: alone, because ${why}; write ${name}: { emulated: { ${key}: ${options[key]} } }`;
    context.addIssue({ code: custom, path: [name, key], message });
  }
}

/** `name: …`, with whatever stands behind it; a name alone has no options. */
function named(written: unknown): readonly [name: string, given: unknown] {
  if (typeof written === 'string') return [written, {}];
  const [only, ...more] = isMap(written) ? Object.entries(written) : [];
  return only && more.length === 0 ? [only[0], only[1] ?? {}] : ['', {}];
}

/** The options that `emulated` names, as they are then. Each is judged together with those that it does not name. */
function relaxedBy(
  name: GateName,
  plain: Readonly<Record<string, unknown>>,
  emulated: unknown,
  context: z.RefinementCtx,
): DeclaredGate['options'] | undefined {
  if (!isMap(emulated)) {
    context.addIssue({ code: custom, path: [name, 'emulated'], message: 'must be a map' });
    return undefined;
  }
  const merged = gates[name].options.safeParse({ ...plain, ...emulated }, { error: words });
  if (!merged.success) {
    report(context, merged.error, [name, 'emulated'], emulated);
    return undefined;
  }
  const all = Object.entries(merged.data as DeclaredGate['options']);
  return Object.fromEntries(all.filter(([key]) => Object.hasOwn(emulated, key)));
}

/** `only`: what is said of other keys is said elsewhere. */
function report(
  context: z.RefinementCtx,
  { issues }: z.ZodError,
  at: readonly string[],
  only?: Readonly<Record<string, unknown>>,
): void {
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])];
    const meant = only ? keys.filter((key) => Object.hasOwn(only, key)) : keys;
    if (meant.length === 0) continue;
    const path = [...at, ...issue.path];
    context.issues.push(
      issue.code === 'unrecognized_keys'
        ? { code: 'unrecognized_keys', keys: meant, path, input: undefined }
        : { code: custom, message: issue.message, path, input: undefined },
    );
  }
}

/** What gates ask of an environment. */
export interface Gated {
  readonly cloud: { readonly kind: 'emulated' | 'real' };
  readonly gates: readonly DeclaredGate[];
}

/** A gate with the options that count where its environment is. */
export interface GateHere {
  readonly gate: GateName;
  readonly options: DeclaredGate['options'];
  /** What is relaxed because the cloud is emulated, in words: `seconds 0 instead of 3600`. */
  readonly relaxed: readonly string[];
}

/** The gates of an environment at a moment, as declared. One that this version does not know is another version's: its steps are in the plan that names it. */
export const gatesAt = ({ cloud, gates: declared }: Gated, moment: GateMoment): readonly GateHere[] =>
  declared.flatMap(({ gate, options, emulated = {} }) => {
    if (!isGateName(gate) || !(gates[gate].moments as readonly GateMoment[]).includes(moment)) return [];
    const here = cloud.kind === 'emulated' ? emulated : {};
    const relaxed = Object.entries(here).flatMap(([name, value]) => relaxedText(name, value, options[name]));
    return [{ gate, options: { ...options, ...here }, relaxed }];
  });

function relaxedText(name: string, here: unknown, elsewhere: unknown): readonly string[] {
  const [one, other] = [here, elsewhere].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return one === other ? [] : [`${name} ${one} instead of ${other ?? 'none'}`];
}

/** That a gate asked less than elsewhere, as its record says it; nothing where it did not. */
export const relaxedReasons = ({ relaxed }: Pick<GateHere, 'relaxed'>): readonly string[] =>
  relaxed.length === 0 ? [] : [`relaxed, as the cloud is emulated: ${relaxed.join(', ')}`];

/** The same of the gates of later moments, by name. */
export const relaxedLater = (environment: Gated): ReadonlyMap<string, readonly string[]> =>
  new Map(
    (['version', 'traffic'] as const)
      .flatMap((moment) => gatesAt(environment, moment))
      .map((one) => [one.gate, relaxedReasons(one)] as const),
  );

/** Whether an environment has a gate. */
export const hasGate = ({ gates: declared }: Pick<Gated, 'gates'>, name: GateName): boolean =>
  declared.some(({ gate }) => gate === name);

/** How long an environment watches, in s; 0: it does not. Undefined: its gates are not well written, which is said elsewhere. */
export function watchedSeconds(written: Readonly<Record<string, unknown>>): number | undefined {
  const read = z.array(WrittenGate).safeParse(written.gates);
  const kind = isMap(written.cloud) && written.cloud.kind === 'real' ? 'real' : 'emulated';
  if (!read.success) return undefined;
  const [watch] = gatesAt({ cloud: { kind }, gates: read.data }, 'traffic').filter(({ gate }) => gate === 'watch');
  return watch ? Number(watch.options.seconds) : 0;
}

/** A gate as people name it: with what it is about, where several may stand in one list. */
export function gateTitle({ gate, options }: Pick<DeclaredGate, 'gate' | 'options'>): string {
  const about = isGateName(gate) ? (gates[gate] as Gate<z.ZodObject, unknown>).about?.(options) : undefined;
  return about === undefined ? gate : `${gate} ${about}`;
}
