import { asList, asRecord, readTemplate } from './template.ts';
import { expressionResolver, isUncomputable, type TemplateValues } from './template-values.ts';

/** Who may invoke a function, by its resource policy: a principal and, where it is limited to one, the resource on whose behalf (ARN or pattern). */
export interface Invoker {
  readonly principal: string;
  /** Undefined: whatever is behind the principal. `null`: some resource that the template does not tell. */
  readonly source: string | null | undefined;
}

/** Whom a template permits to invoke an alias of a function, or the function itself: `alias` null. */
export function declaredInvokers(
  template: unknown,
  functionName: string,
  alias: string | null,
  values: TemplateValues,
): Invoker[] {
  const read = readTemplate(template);
  const computed = expressionResolver(read, values);
  const isThisAlias = (reference: unknown): boolean => {
    const { type, properties } = read.resources.get(String(asRecord(reference).Ref)) ?? {};
    const { Name, FunctionName } = properties ?? {};
    if (type === 'AWS::Lambda::Alias') return Name === alias && computed(FunctionName) === functionName;
    // As another stack names it, which knows the function alone.
    const name = computed(reference);
    return typeof name === 'string' && `:${name}`.endsWith(`:${functionName}:${alias}`);
  };
  const arnEnd = `:function:${functionName}`;
  const isThisFunction = (reference: unknown): boolean => {
    const name = computed(reference);
    return name === functionName || (typeof name === 'string' && name.endsWith(arnEnd));
  };
  const isIt = alias === null ? isThisFunction : isThisAlias;
  return [...read.resources.values()].flatMap(({ type, properties }): Invoker[] => {
    if (type !== 'AWS::Lambda::Permission' || !isIt(properties.FunctionName)) return [];
    const source = properties.SourceArn === undefined ? undefined : computed(properties.SourceArn);
    return [
      {
        principal: String(properties.Principal),
        source: isUncomputable(source) ? null : (source as Invoker['source']),
      },
    ];
  });
}

/** The principals that a resource policy, as AWS returns it (JSON), permits to invoke a function or, with its name behind it (`api:live`), one of its aliases. */
export function toldInvokers(policy: string, name: string): (Invoker & { readonly statement: string })[] {
  return asList(asRecord(JSON.parse(policy)).Statement).flatMap((one) => {
    const { Sid, Effect, Principal, Resource, Condition } = asRecord(one);
    if (Effect !== 'Allow' || !String(Resource).endsWith(`:function:${name}`)) return [];
    const [principal] = typeof Principal === 'string' ? [Principal] : Object.values(asRecord(Principal)).flat();
    const { ArnLike, ArnEquals } = asRecord(Condition);
    const source = Object.values({ ...asRecord(ArnLike), ...asRecord(ArnEquals) })[0];
    const of = typeof source === 'string' ? source : undefined;
    return [{ statement: String(Sid), principal: String(principal), source: of }];
  });
}

/** Whether one that was found is one that is declared. */
export const isSameInvoker = (declared: Invoker, found: Invoker): boolean =>
  declared.principal === found.principal &&
  (declared.source === null ? found.source !== undefined : declared.source === found.source);
