import { declarationProblems, words } from '../declaration/issues.ts';
import { type DeclarationProblem, type DeclarationText, readSource, type Source } from '../declaration/source.ts';
import { ServiceDeclaration } from './shape.ts';

export type ParsedService =
  | { readonly ok: true; readonly service: ServiceDeclaration }
  | { readonly ok: false; readonly problems: readonly DeclarationProblem[] };

/** Reads service.yaml: its shape, then what belongs together; every problem at once, with line and path. */
export function parseService(text: DeclarationText): ParsedService {
  const source = readSource(text);
  if (!('value' in source)) return { ok: false, problems: source };
  const shape = ServiceDeclaration.safeParse(source.value, { error: words });
  if (!shape.success) {
    const unknownKey = 'remove it, or see docs/reference/service.schema.json';
    return { ok: false, problems: declarationProblems(source, shape.error.issues, { unknownKey }) };
  }
  const problems = [...inputsTwice(shape.data, source), ...programsElsewhere(shape.data, source)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, service: shape.data };
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

/** A program whose files are no input would change without a new release. */
function programsElsewhere({ inputs, smoke }: ServiceDeclaration, source: Source): DeclarationProblem[] {
  if (!smoke || inputs.some((input) => isBelow(smoke.directory, input))) return [];
  return [source.problem(['smoke', 'directory'], `${smoke.directory} is in no input; add it to inputs`)];
}
