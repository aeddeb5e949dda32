import type { LogLine, SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';

export type Staged = ReturnType<typeof staged>;

/** What a test sets in the fake, and what it looks at afterwards. */
export const staged = () => ({
  url: '',
  /** How often a stream says that it goes on, in ms; undefined: as usual. */
  beatMs: undefined as number | undefined,
  /** What each release was cut from. */
  cutFrom: {
    commit: 'c'.repeat(40),
    subject: 'Speak louder',
    author: 'Ada Lovelace',
    committedAt: '2026-01-02T03:04:05Z',
    dirty: false,
  } as schemas.CutFrom,
  /** Commits before that one, newest first. */
  earlier: [] as { readonly commit: string; readonly subject: string }[],
  logLines: [] as LogLine[],
  followers: new Set<(line: LogLine) => void>(),
  doctor: { ok: true, findings: [{ name: 'postgres', ok: true, detail: '18.4' }] } as schemas.Findings,
  findings: [{ name: 'account', ok: true, detail: '000000000003' }] as schemas.FindingView[],
  upLines: ['postgres runs', 'five environments are healthy'],
  /** How often the connection of an `up` breaks after its progress, before one comes through. */
  upBreaks: 0,
  upError: null as SoundBiteError | null,
  /** What each `up` named. */
  upAsked: [] as (readonly string[])[],
  upStopped: null as string | null,
  /** What every request is answered with, whatever it asks for. */
  refusal: null as SoundBiteError | null,
  /** What a request for a link to the page is answered with. */
  linkRefusal: null as SoundBiteError | null,
  /** Environments that cannot be read, and why. */
  broken: new Map<string, string>(),
  /** Shared environments that are declared here otherwise than on record. */
  declaredOtherwise: new Map<string, schemas.DeclaredOtherwiseView>(),
  /** Other homes whose control planes do not run. */
  away: [] as schemas.AwayHome[],
  /** The installation that has an environment, where it is another than this one. */
  heldElsewhere: new Map<string, string>(),
});
