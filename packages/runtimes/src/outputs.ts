import { SoundBiteError, type Target } from '@soundbite/model';

/** An output of the environment's stack. Errors: `output-missing`. */
export function outputOf({ environment, outputs }: Target, name: string): string {
  const value = outputs[name];
  if (value) return value;
  throw new SoundBiteError('output-missing', `the stack of ${environment.name} has no output ${name}`, {
    hint: `deploy the environment again: soundbite promote ${environment.name}`,
  });
}
