import { SoundBiteError } from '@soundbite/model/errors.ts';

/** An environment that is recorded on the emulated account of another home: an account of the same number here is another one. */
export const elsewhere = (environment: string, home: string): SoundBiteError =>
  new SoundBiteError(
    'environment-elsewhere',
    `${environment} is recorded on an emulated account of another home (${home.slice(0, 8)}), of which this home has nothing`,
    {
      hint: `go on in that home; or give this one records of its own (unset DATABASE_URL, or name an empty database); if that home is gone for good: soundbite takeover ${environment} --standalone --reason "its home is gone"`,
    },
  );
