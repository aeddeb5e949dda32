import { declarationProblems, words } from '../declaration/issues.ts';
import {
  type DeclarationProblem,
  type DeclarationText,
  type Path,
  pathText,
  readSource,
  type Source,
} from '../declaration/source.ts';
import { programKinds } from '../program-copy.ts';
import { contractPaths } from '../service-contract.ts';
import { declaredStacks } from '../stacks/stacks-of.ts';
import { processProblems } from './process-rules.ts';
import { ServiceDeclaration } from './shape.ts';

export type ParsedService =
  | { readonly ok: true; readonly service: ServiceDeclaration }
  | { readonly ok: false; readonly problems: readonly DeclarationProblem[] };

/** What a file of the form before lacks, for whoever wrote it: that was the same for every service. */
const missing = {
  app: 'the command that runs your CDK app, such as [node, infra/app.mjs]; before it was cdk/synth.ts',
  components:
    'the functions that are promoted, such as [{ name: api, function: ApiFunction }]; `soundbite inspect` names them',
  'process.components':
    'what runs as processes, such as [{ name: api, takes: [requests], health: /health }]; before it was an api and a worker',
} as const;

/** Reads service.yaml: its shape, then what belongs together; every problem at once, with line and path. */
export function parseService(text: DeclarationText): ParsedService {
  const source = readSource(text);
  if (!('value' in source)) return { ok: false, problems: source };
  const shape = ServiceDeclaration.safeParse(source.value, { error: words });
  if (!shape.success) {
    const unknownKey = 'remove it, or see docs/reference/service.schema.json';
    return { ok: false, problems: declarationProblems(source, shape.error.issues, { unknownKey, missing }) };
  }
  const problems = [
    ...inputsTwice(shape.data, source),
    ...filesElsewhere(shape.data, source),
    ...componentsTwice(shape.data, source),
    ...healthElsewhere(shape.data, source),
    ...stacksTwice(shape.data, source),
    ...processProblems(shape.data.process, source),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, service: shape.data };
}

/** What shows only later to be wrong in a service.yaml that was read before: at its place there. */
export function serviceProblem(text: DeclarationText, path: Path, message: string): DeclarationProblem {
  const source = readSource(text);
  return 'problem' in source
    ? source.problem(path, message)
    : { file: text.file, line: 1, path: pathText(path), message };
}

const isBelow = (path: string, directory: string) => path === directory || path.startsWith(`${directory}/`);

function inputsTwice({ inputs }: ServiceDeclaration, source: Source): DeclarationProblem[] {
  return inputs.flatMap((path, index) => {
    const around = inputs.find(
      (other, place) => place !== index && isBelow(path, other) && (path !== other || place < index),
    );
    return around === undefined ? [] : [source.problem(['inputs', index], `${path} is part of ${around}; remove it`)];
  });
}

/** What is in no input would change without a new release. */
function filesElsewhere(service: ServiceDeclaration, source: Source): DeclarationProblem[] {
  const { inputs, process, settings } = service;
  const named: readonly (readonly [path: string | undefined, at: Path])[] = [
    [process?.directory, ['process', 'directory']],
    [settings, ['settings']],
    ...programKinds.map((kind) => [service[kind]?.directory, [kind, 'directory']] as const),
  ];
  return named.flatMap(([path, at]) =>
    path === undefined || inputs.some((input) => isBelow(path, input))
      ? []
      : [source.problem(at, `${path} is in no input; add it to inputs`)],
  );
}

function componentsTwice({ components }: ServiceDeclaration, source: Source): DeclarationProblem[] {
  return (['name', 'function', 'path'] as const).flatMap((key) =>
    components.flatMap((component, index) =>
      component[key] !== undefined && components.findIndex((other) => other[key] === component[key]) < index
        ? [
            source.problem(
              ['components', index, key],
              `${component[key]} is ${key === 'path' ? 'the path of ' : ''}another component already; remove one`,
            ),
          ]
        : [],
    ),
  );
}

/** The service contract says where health is. */
function healthElsewhere({ components }: ServiceDeclaration, source: Source): DeclarationProblem[] {
  const at = contractPaths.alive;
  return components.flatMap(({ contract, health = at }, index) =>
    contract && health !== at
      ? [
          source.problem(
            ['components', index, 'health'],
            `the service contract has it at ${at}, not ${health}; write ${at}, or remove contract`,
          ),
        ]
      : [],
  );
}

function stacksTwice(service: ServiceDeclaration, source: Source): DeclarationProblem[] {
  // Names of an environment: two may be alike only there.
  const all = declaredStacks(service, '{environment}') ?? [];
  return (['stack', 'name'] as const).flatMap((key) =>
    all.flatMap((one, index) =>
      all.findIndex((other) => other[key] === one[key]) < index
        ? [
            source.problem(
              ['stacks', index],
              `${one[key]} is the ${key === 'stack' ? 'stack' : 'name'} of another one already; remove one`,
            ),
          ]
        : [],
    ),
  );
}
