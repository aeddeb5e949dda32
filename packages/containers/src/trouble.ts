import { type ErrorCode, SoundBiteError } from '@soundbite/model';

/** What an engine's refusals say, and the code of each. They have no codes of their own; these texts have stood since 20.10. */
const known: readonly (readonly [RegExp, ErrorCode])[] = [
  [/no space left on device|disk quota exceeded/i, 'engine-disk-full'],
  [/port is already allocated|address already in use|ports are not available/i, 'container-port-taken'],
  [/container name .* is already in use/i, 'container-name-taken'],
  [/no such image|manifest unknown|pull access denied/i, 'image-missing'],
];

/** An engine that cannot be reached, or stopped answering. */
export function engineAway(host: string, cause: unknown): SoundBiteError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isWithheld = code === 'EACCES' || code === 'EPERM';
  return new SoundBiteError(
    isWithheld ? 'engine-withheld' : 'engine-down',
    `the container engine at ${host} ${isWithheld ? 'lets this user not in' : 'does not answer'}: ${message}`,
    { cause },
  );
}

/** The error of an answer of 400 or more, by what it says. */
export function engineTrouble(status: number, what: string, said: string): EngineRefusal {
  const [, code = 'engine-refused'] = known.find(([pattern]) => pattern.test(said)) ?? [];
  return new EngineRefusal(code, `the container engine answered ${status} to ${what}: ${said}`, status);
}

/** What the engine refused, with the status of its answer: 404 is a thing that is not there, 409 one that is in another state. */
export class EngineRefusal extends SoundBiteError {
  readonly status: number;

  constructor(code: ErrorCode, message: string, status: number) {
    super(code, message);
    this.status = status;
  }
}

/** Null in place of an answer that says that the thing is not there. */
export const unlessMissing = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof EngineRefusal && error.status === 404) return null;
    throw error;
  });
