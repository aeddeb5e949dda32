/** Standard output or standard error. Output after its reader has left is dropped: the work never depends on the reader. */
export interface Output {
  readonly isTTY: boolean;
  /** The width and height of a terminal. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** Aborted as soon as nothing that is written arrives any more. */
  readonly lost: AbortSignal;
  write(text: string): void;
  /** Waits while the reader is slower than the writer: what waits in memory stays bounded. */
  room(): Promise<void>;
  /** Waits until all that was written has left this process, or never will. */
  settled(): Promise<void>;
  /** Why something that was written did not arrive; null when all did, or when the reader left. */
  problem(): NodeJS.ErrnoException | null;
}

/** Both outputs of a command. */
export interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Characters buffered for a slow reader before `room` waits, too. */
const waitingAtMost = 64 * 1024;

export function outputOn(stream: NodeJS.WriteStream): Output {
  const lost = new AbortController();
  let problem: NodeJS.ErrnoException | null = null;
  let waiting = 0;
  let waiters: { readonly below: number; readonly wake: () => void }[] = [];

  const fail = (error: NodeJS.ErrnoException) => {
    if (lost.signal.aborted) return;
    if (!isReaderGone(error, stream)) problem = error;
    lost.abort(error);
    wake();
  };
  const wake = () => {
    const ready = waiters.filter(({ below }) => waiting <= below || lost.signal.aborted);
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { wake: resolve } of ready) resolve();
  };
  const until = (below: number): Promise<void> =>
    waiting <= below || lost.signal.aborted
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiters.push({ below, wake: resolve });
        });

  stream.on('error', fail);
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    lost: lost.signal,
    write(text) {
      if (lost.signal.aborted || text === '') return;
      waiting += text.length;
      stream.write(text, (error) => {
        waiting -= text.length;
        if (error) fail(error);
        wake();
      });
    },
    room: () => until(waitingAtMost),
    settled: () => until(0),
    problem: () => problem,
  };
}

/** A pipe or socket whose other end was closed, or a terminal that was hung up. Anything else is an error of the output's destination. */
const isReaderGone = ({ code = '' }: NodeJS.ErrnoException, stream: NodeJS.WriteStream) =>
  code === 'EPIPE' || code === 'ECONNRESET' || (code === 'EIO' && stream.isTTY === true);
