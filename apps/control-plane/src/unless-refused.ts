import { SoundBiteError } from '@soundbite/model';

/** What was asked for, or null where it was refused with a `SoundBiteError`: what cannot be read hides nothing else. Whatever else is thrown is a mistake here. */
export const unlessRefused = <Result>(asked: Promise<Result>): Promise<Result | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof SoundBiteError) return null;
    throw error;
  });
