/** An event of the fake log. `visibleAt` is the earliest `now` at which CloudWatch shows it. */
export interface FakeEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName?: string;
  readonly visibleAt?: number;
}

const requests = '{ ($.msg = "request") || ($.message = "request") || ($.message.msg = "request") }';

/**
 * FilterLogEvents as CloudWatch documents it: events from `startTime` on in order of time, a page at a time; a page may be empty and yet have
 * a token; a group that nobody wrote to does not exist. Of patterns the one that names request lines is known, and lists of words of which one is enough.
 */
export function fakeLogs() {
  const groups = new Map<string, FakeEvent[]>();
  const calls: { readonly startTime: number; readonly token: string | undefined }[] = [];
  const state = { now: 0, pageSize: 2, emptyPages: 0 };

  function filterLogEvents(body: Record<string, unknown>): readonly [status: number, body: object, error?: string] {
    const { logGroupName, filterPattern, startTime, endTime, nextToken } = body as Record<string, string | undefined>;
    calls.push({ startTime: Number(startTime), token: nextToken });
    const group = groups.get(logGroupName ?? '');
    if (!group) return [400, { message: `no group ${logGroupName}` }, 'ResourceNotFoundException'];
    const words = [...(filterPattern ?? '').matchAll(/\?"([^"]+)"/g)].map(([, word = '']) => word);
    if (filterPattern !== undefined && filterPattern !== requests && words.length === 0)
      return [400, { message: `an unknown pattern: ${filterPattern}` }, 'InvalidParameterException'];
    const found = group
      .filter(({ timestamp, visibleAt = 0 }) => timestamp >= Number(startTime) && visibleAt <= state.now)
      .filter(({ timestamp }) => endTime === undefined || timestamp <= Number(endTime))
      .filter(({ message }) => words.length === 0 || words.some((word) => message.includes(word)))
      .filter(({ message }) => filterPattern !== requests || /"(msg|message)":"request"/.test(message))
      .sort((a, b) => a.timestamp - b.timestamp);
    const [empty = 0, from = 0] = (nextToken ?? '0/0').split('/').map(Number);
    if (empty < state.emptyPages) return [200, { events: [], nextToken: `${empty + 1}/${from}` }];
    const end = from + state.pageSize;
    return [200, { events: found.slice(from, end), ...(end < found.length ? { nextToken: `${empty}/${end}` } : {}) }];
  }
  return { groups, calls, state, filterLogEvents };
}
