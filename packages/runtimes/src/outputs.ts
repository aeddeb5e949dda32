import { SoundBiteError, type Target } from '@soundbite/model';

/** An output of the environment's stack. Errors: `output-missing`. */
export function outputOf(target: Pick<Target, 'environment' | 'outputs'>, name: string): string {
  const value = target.outputs[name];
  if (value) return value;
  throw missingOutput(target, name);
}

/** The stack has not what this version of SoundBite looks for: another one made it. */
export const missingOutput = ({ environment }: Pick<Target, 'environment'>, name: string) =>
  new SoundBiteError('output-missing', `the stack of ${environment.name} has no output ${name}`, {
    hint: `deploy the environment again: soundbite promote ${environment.name}`,
  });
