import { logResumption } from '@soundbite/client/log-resumption.ts';
import { useEffect, useState } from 'react';
import { askLines } from '../../api.ts';
import { presentTime } from '../../parts/present.ts';
import { followLogs, type OpenLog } from './follow-logs.ts';
import { afterNews, emptyLog, type LogNews, type LogPage, paused, resumed } from './log-lines.ts';

/** The log of an environment, followed while the tab is looked at; begun anew with another `attempt`. */
export function useLogs(name: string, attempt: number) {
  const [page, setPage] = useState<LogPage>(emptyLog);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew.
  useEffect(() => {
    setPage(emptyLog);
    return whileSeen(logFollower(name, setPage));
  }, [name, attempt]);
  return { page, pause: () => setPage(paused), resume: () => setPage(resumed) };
}

type ChangeLog = (change: (page: LogPage) => LogPage) => void;

/** Begins to follow where it was left, and returns what ends that. */
function logFollower(name: string, change: ChangeLog): () => () => void {
  // As long as is shown to who says none: from then on each is asked for, however long nothing is said.
  const resumption = logResumption(presentTime() - 600_000);
  return () => {
    const ending = new AbortController();
    const frames = perFrame<LogNews>((news) => change((page) => afterNews(page, news)));
    const open: OpenLog = (since, onHeard, signal) => {
      const query = { follow: 'true', ...(since !== undefined && { since }) } as const;
      return askLines('GET /v1/environments/{name}/logs', { path: { name }, query, signal, onHeard });
    };
    void followLogs({ open, hear: frames.add, resumption }, ending.signal);
    return () => {
      ending.abort();
      frames.flush();
    };
  };
}

/** A tab that nobody sees draws no frame, and a browser has six connections to an address for all its tabs. */
function whileSeen(begin: () => () => void): () => void {
  let end: (() => void) | null = null;
  const look = () => {
    if (!document.hidden) end ??= begin();
    else {
      end?.();
      end = null;
    }
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    end?.();
  };
}

/** Hands on together what came since the last frame. */
function perFrame<One>(draw: (all: readonly One[]) => void) {
  let waiting: One[] = [];
  let frame = 0;
  const flush = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (waiting.length > 0) draw(waiting);
    waiting = [];
  };
  return {
    add(one: One) {
      waiting.push(one);
      frame ||= requestAnimationFrame(flush);
    },
    flush,
  };
}
