import { followChanges, type Heard } from './follow.ts';

/** What a worker that browsers share among the tabs of one address knows of itself. */
interface Shared {
  onconnect: ((event: MessageEvent) => void) | null;
}

/** One connection for all tabs: a browser opens six to one address, and the seventh tab would wait for ever. */
const tabs = new Set<MessagePort>();
/** Null: nothing was heard yet. */
let last: Heard | null = null;
let following: AbortController | null = null;

(globalThis as unknown as Shared).onconnect = ({ ports: [tab] }) => {
  if (!tab) return;
  tab.onmessage = ({ data }) => {
    if (data === 'there?') tab.postMessage({ is: 'here' });
    else if (data === 'bye') leave(tab);
    else join(tab);
  };
  join(tab);
};

function join(tab: MessagePort): void {
  tabs.add(tab);
  // What was told before it came it has not heard.
  if (last) tab.postMessage('sequence' in last ? fromHere(last.sequence) : last);
  if (following === null || last?.is === 'out') follow();
}

const fromHere = (sequence: number): Heard => ({ is: 'begun', sequence, isGapless: false });

function follow(): void {
  following = new AbortController();
  void followChanges({ fetch: fetch.bind(globalThis), hear: tellAll }, following.signal);
}

function tellAll(heard: Heard): void {
  last = heard;
  for (const tab of tabs) tab.postMessage(heard);
}

function leave(tab: MessagePort): void {
  tabs.delete(tab);
  if (tabs.size > 0) return;
  following?.abort();
  following = null;
  last = null;
}
