import type { Digest } from './digest.ts';
import { readTemplate } from './template.ts';

/** Parameters of every stack that a deploy gives: a release names no account and no digest of its own. */
export const stackParameters = { releaseDigest: 'ReleaseDigest', cloudKind: 'CloudKind' } as const;

/** How the names of parameters end that say what was live when a stack was adopted. They are given then; every later deployment keeps their values. */
export const adoptedSuffix = 'Adopted';

/** Values of a stack's parameters by their names. */
export type ParameterValues = Readonly<Record<string, string>>;

/** Parameters that a deploy of a release sets. */
export const givenParameters = (release: Digest, kind: 'emulated' | 'real'): ParameterValues => ({
  [stackParameters.releaseDigest]: release,
  [stackParameters.cloudKind]: kind,
});

/** What a deployment of this template keeps of a stack's parameters: what was live when it was adopted. */
export function keptParameters(template: unknown, present: ParameterValues): ParameterValues {
  const declared = readTemplate(template).parameters;
  return Object.fromEntries(
    Object.entries(present).filter(
      ([name, value]) => name.endsWith(adoptedSuffix) && value !== '' && declared.has(name),
    ),
  );
}

/**
 * The value that every parameter of a template has after a deploy: the one that was given, else the template's own. Without those that
 * CloudFormation looks up in SSM (CDK's `BootstrapVersion`, to which no resource refers): what is read of them depends on where they are looked up.
 */
export function deployedParameters(template: unknown, given: ParameterValues): ParameterValues {
  const own = [...readTemplate(template).parameters]
    .filter(([, { Type }]) => !String(Type).startsWith('AWS::SSM::Parameter::Value<'))
    .map(([name, { Default }]) => [name, String(Default ?? '')]);
  return { ...Object.fromEntries(own), ...given };
}

/** The names of the parameters whose value is not the wanted one, in order. A stack has no parameters besides its template's. */
export const differingParameters = (found: ParameterValues, wanted: ParameterValues): string[] =>
  Object.keys(wanted)
    .filter((name) => found[name] !== wanted[name])
    .toSorted();
