import {
  type Digest,
  type Fact,
  headers,
  type Invoked,
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

/** One version as a program meets it, whatever the traffic does. Errors of both calls: broken machinery only, which says nothing about the version. */
export interface PinnedVersion {
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

/** A version that has no traffic yet; `as`: what events are marked as. */
export const versionOnTrial = (runtime: Runtime, target: Target, release: Digest, as?: Invoked): PinnedVersion =>
  pinnedVersion(runtime, target, { release, as, missing: ['component-unknown'] });

/** The version that serves. It may lack a component that a later release has. */
export const liveVersion = (runtime: Runtime, target: Target, release: Digest): PinnedVersion =>
  pinnedVersion(runtime, target, { release, missing: ['component-unknown', 'version-unknown'] });

interface Pin {
  readonly release: Digest;
  readonly as?: Invoked | undefined;
  /** Codes of errors by which a runtime says that what was asked for is not there. */
  readonly missing: readonly string[];
}

function pinnedVersion(runtime: Runtime, target: Target, { release, as, missing }: Pin): PinnedVersion {
  const unnamed: string[] = [];
  let answers = 0;
  let silent = 0;
  let wasAsked = false;

  /** What is not there was not asked. */
  async function reached<T>(asking: Promise<T>): Promise<T | VersionFault | NoComponent> {
    const found = await asking.catch((error: unknown) => faultOf(error, missing));
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
      reached(runtime.invoke(target, release, component, event, withinMs, as).then((answer) => ({ answer }))),
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
function faultOf(error: unknown, missing: readonly string[]): VersionFault | NoComponent {
  if (error instanceof SoundBiteError && missing.includes(error.code)) return { unknown: error.message };
  const isAws = error instanceof Error && '$metadata' in error;
  if (isAws || (error instanceof SoundBiteError && rowOfError(error).verdict !== 'release')) throw error;
  if (!(error instanceof Error)) return { fault: String(error), isLate: false };
  if (error.name === 'TimeoutError') return { fault: 'it did not answer in time', isLate: true };
  if (error instanceof SoundBiteError) return { fault: error.message, isLate: error.code === 'invoke-late' };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { fault: `${error.message}${cause}`, isLate: false };
}
