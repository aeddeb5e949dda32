import {
  type Digest,
  type Fact,
  headers,
  ownFacts,
  type PinnedRequest,
  type PinnedResponse,
  type Runtime,
  rowOfError,
  SoundBiteError,
  type Target,
} from '@soundbite/model';

/** A version did not answer as a version does: why, and whether it only took too long. */
export interface VersionFault {
  readonly fault: string;
  readonly isLate: boolean;
}

export type Rehearsed = Omit<PinnedRequest, 'rehearsal'>;

/** What the program asked for is not there, with what is: no word about the version. */
export interface NoComponent {
  readonly unknown: string;
}

/** A version that has no traffic yet, as a program meets it. Errors of both calls: broken machinery only, which says nothing about the version. */
export interface VersionOnTrial {
  /** A request, pinned to it and marked as a rehearsal. */
  ask(request: Rehearsed): Promise<PinnedResponse | VersionFault | NoComponent>;
  /** Hands an event to one of its components. */
  invoke(
    component: string,
    event: unknown,
    withinMs: number,
  ): Promise<{ readonly answer: unknown } | VersionFault | NoComponent>;
  /** Whether it was asked or invoked at all. */
  readonly wasAsked: boolean;
  /** That every answer was the release's, by its header or as the runtime knows, and none named another one; none if nothing was asked. */
  headerFacts(): Fact[];
}

export function versionOnTrial(runtime: Runtime, target: Target, release: Digest): VersionOnTrial {
  const unnamed: string[] = [];
  let answers = 0;
  let silent = 0;
  let wasAsked = false;

  /** What is not there was not asked. */
  async function reached<T>(asking: Promise<T>): Promise<T | VersionFault | NoComponent> {
    const found = await asking.catch(faultOf);
    wasAsked ||= !(typeof found === 'object' && found !== null && 'unknown' in found);
    return found;
  }

  return {
    get wasAsked() {
      return wasAsked;
    },
    async ask(request) {
      const answer = await reached(runtime.request(target, release, { ...request, rehearsal: true }));
      if ('fault' in answer || 'unknown' in answer) return answer;
      answers += 1;
      if (answer.headers[headers.release] === undefined && answer.release !== undefined) silent += 1;
      const named = answer.headers[headers.release] ?? answer.release;
      if (named !== release) unnamed.push(`${request.method} ${request.path} named ${named ?? 'none'}`);
      return answer;
    },
    invoke: (component, event, withinMs) =>
      reached(runtime.invoke(target, release, component, event, withinMs).then((answer) => ({ answer }))),
    headerFacts() {
      if (answers === 0) return [];
      const ok = unnamed.length === 0;
      const who = silent === 0 ? 'named the release' : `were the release's; ${silent} named none`;
      const detail = ok ? `all ${answers} answers ${who}` : unnamed.slice(0, 3).join('; ');
      return [{ name: ownFacts.releaseHeader, ok, detail, ms: 0 }];
    },
  };
}

/** What a version did wrong, or what it does not have. Errors of the machinery (ours, or AWS refusing the control plane) are thrown on. */
function faultOf(error: unknown): VersionFault | NoComponent {
  if (error instanceof SoundBiteError && error.code === 'component-unknown') return { unknown: error.message };
  const isAws = error instanceof Error && '$metadata' in error;
  if (isAws || (error instanceof SoundBiteError && rowOfError(error).verdict !== 'release')) throw error;
  if (!(error instanceof Error)) return { fault: String(error), isLate: false };
  if (error.name === 'TimeoutError') return { fault: 'it did not answer in time', isLate: true };
  if (error instanceof SoundBiteError) return { fault: error.message, isLate: error.code === 'invoke-late' };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { fault: `${error.message}${cause}`, isLate: false };
}
