import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, parseDeclaration } from '@soundbite/model';

const file = join(import.meta.dirname, '../../../environments.yaml');
const parsed = parseDeclaration({ file, text: readFileSync(file, 'utf8') });
if (!parsed.ok) throw new Error('environments.yaml is invalid');

/** The five environments as they are declared, which nobody watches for long. */
export const environments: Environment[] = parsed.declaration.environments.map((environment) => ({
  ...environment,
  watch: 0,
}));
