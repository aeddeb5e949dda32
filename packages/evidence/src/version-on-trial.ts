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

/** A version that has no traffic yet, as a program meets it. Errors of both calls: broken machinery only, which says nothing about the version. */
export interface VersionOnTrial {
  /** A request, pinned to it and marked as a rehearsal. */
  ask(request: Rehearsed): Promise<PinnedResponse | VersionFault>;
  /** The components that can be invoked with an event. */
  readonly components: readonly string[];
  invoke(component: string, event: unknown, withinMs: number): Promise<{ readonly answer: unknown } | VersionFault>;
  /** Whether it was asked or invoked at all. */
  readonly wasAsked: boolean;
  /** That every answer named the release; none if nothing was asked. */
  headerFacts(): Fact[];
}

export function versionOnTrial(runtime: Runtime, target: Target, release: Digest): VersionOnTrial {
  const invocations: Readonly<Record<string, (event: unknown, withinMs: number) => Promise<unknown>>> = {
    worker: (event, withinMs) => runtime.invokeWorker(target, release, event, withinMs),
  };
  const unnamed: string[] = [];
  let answers = 0;
  let wasAsked = false;

  return {
    components: Object.keys(invocations),
    get wasAsked() {
      return wasAsked;
    },
    async ask(request) {
      wasAsked = true;
      try {
        const answer = await runtime.request(target, release, { ...request, rehearsal: true });
        answers += 1;
        const named = answer.headers[headers.release];
        if (named !== release) unnamed.push(`${request.method} ${request.path} named ${named ?? 'none'}`);
        return answer;
      } catch (error) {
        return faultOf(error);
      }
    },
    async invoke(component, event, withinMs) {
      wasAsked = true;
      try {
        return { answer: await invocations[component]?.(event, withinMs) };
      } catch (error) {
        return faultOf(error);
      }
    },
    headerFacts() {
      if (answers === 0) return [];
      const ok = unnamed.length === 0;
      const detail = ok ? `all ${answers} answers named the release` : unnamed.slice(0, 3).join('; ');
      return [{ name: ownFacts.releaseHeader, ok, detail, ms: 0 }];
    },
  };
}

/** What a version did wrong. Errors of the machinery (ours, or AWS refusing the control plane) are thrown on. */
function faultOf(error: unknown): VersionFault {
  const isAws = error instanceof Error && '$metadata' in error;
  if (isAws || (error instanceof SoundBiteError && rowOfError(error).verdict !== 'release')) throw error;
  if (!(error instanceof Error)) return { fault: String(error), isLate: false };
  if (error.name === 'TimeoutError') return { fault: 'it did not answer in time', isLate: true };
  if (error instanceof SoundBiteError) return { fault: error.message, isLate: error.code === 'invoke-late' };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { fault: `${error.message}${cause}`, isLate: false };
}
