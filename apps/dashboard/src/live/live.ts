import { followChanges, type Heard } from './follow.ts';

/** How what is shown relates to what is. */
type Liveness =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  /** Since when nothing is heard (ms since 1970). */
  | { readonly is: 'stale'; readonly since: number }
  | { readonly is: 'out' };

/** The changes of the control plane, for one tab. */
export interface Live {
  now(): Liveness;
  /** Told when `now` becomes something else. */
  onLiveness(tell: () => void): () => void;
}

/**
 * Listens; `changed` hears of every change, and null where everything may have. `newest`: the number of the newest event when the page was sent, before it asked for anything; null: nobody
 * knows. One that is told of what follows that event missed nothing.
 */
export function followLive(changed: (kind: string | null) => void, newest: number | null): Live {
  let now: Liveness = { is: 'connecting' };
  let known = newest;
  const told = new Set<() => void>();
  const become = (next: Liveness) => {
    if (next.is === now.is) return;
    now = next;
    for (const tell of told) tell();
  };
  connect((heard) => {
    if (heard.is === 'change') return changed(heard.kind);
    const hasAll = heard.is === 'begun' && (heard.isGapless || heard.sequence === known);
    // It holds for what was asked when the page came.
    known = null;
    if (heard.is === 'away') return become({ is: 'stale', since: heard.since });
    if (heard.is === 'out') return become({ is: 'out' });
    if (!hasAll) changed(null);
    become({ is: 'live' });
  });
  return {
    now: () => now,
    onLiveness(tell) {
      told.add(tell);
      return () => told.delete(tell);
    },
  };
}

/** By the connection that all tabs share; by one of its own where the browser has no such workers. */
function connect(hear: (heard: Heard) => void): void {
  if (!('SharedWorker' in globalThis)) {
    void followChanges({ fetch: fetch.bind(globalThis), hear }, new AbortController().signal);
    return;
  }
  let port = shared(hear, (next) => {
    port = next;
  });
  addEventListener('pagehide', () => port.postMessage('bye'));
  // A browser keeps pages that one left, and shows them again as they were.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) port.postMessage('hello');
  });
}

/** In ms. `again`: how soon a worker is begun again: the control plane may have gone just then. `ask`: how often it is asked whether it is there. */
const patience = { again: 1_000, ask: 1_500 };

/**
 * The port to the worker of all tabs; `renewed` gets another one where that worker never began, or says nothing any more. A browser does not tell of either: Chromium now and then
 * forgets to say that the file could not be read, and a worker ends with the tab whose memory it shares. It is asked, and not awaited: a tab that was frozen would take what came
 * meanwhile for silence.
 */
function shared(hear: (heard: Heard) => void, renewed: (port: MessagePort) => void): MessagePort {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'changes' });
  const { port } = worker;
  let heardAt = Date.now();
  let unanswered = 0;
  const asking = setInterval(() => {
    if (unanswered === 2) return giveUp();
    unanswered++;
    port.postMessage('there?');
  }, patience.ask);
  let isGivenUp = false;
  const giveUp = () => {
    if (isGivenUp) return;
    isGivenUp = true;
    clearInterval(asking);
    port.postMessage('bye');
    port.close();
    hear({ is: 'away', since: heardAt });
    setTimeout(() => renewed(shared(hear, renewed)), patience.again);
  };
  port.onmessage = ({ data }: MessageEvent<Heard | { readonly is: 'here' }>) => {
    heardAt = Date.now();
    unanswered = 0;
    if (data.is !== 'here') hear(data);
  };
  worker.onerror = giveUp;
  return port;
}
