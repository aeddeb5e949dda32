import { toErrorDocument } from '@soundbite/model/errors.ts';
import { heartbeatMs } from '@soundbite/model/page/heartbeat.ts';

interface Out {
  readonly aborted: boolean;
  write(text: string): Promise<unknown>;
}

/** How documents become text. */
export interface Framing {
  readonly contentType: string;
  /** What stands before all. */
  readonly begin: string;
  of(document: unknown): string;
  /** What only says that the answer goes on. */
  readonly beat: string;
  /** How often that is said where there is nothing else to say, in ms. */
  readonly beatMs: number;
}

export const ndjson: Framing = {
  contentType: 'application/x-ndjson',
  begin: '',
  of: (document) => `${JSON.stringify(document)}\n`,
  beat: '\n',
  // Clients and proxies give up on minutes of silence.
  beatMs: 15_000,
};

/** For browsers: they come back by themselves, within a second, and say the number of the last document that had one. */
export const serverSentEvents: Framing = {
  contentType: 'text/event-stream',
  begin: 'retry: 1000\n\n',
  of(document) {
    const { sequence } = document as { readonly sequence?: number };
    return `${sequence === undefined ? '' : `id: ${sequence}\n`}data: ${JSON.stringify(document)}\n\n`;
  },
  beat: ':\n\n',
  beatMs: heartbeatMs,
};

interface WritingOptions {
  readonly framing?: Framing;
  readonly everyMs?: number;
}

/**
 * Writes documents, and a heartbeat where there is nothing to say for a while. An error on the way is the last document, since the status has been sent. Stops
 * when the reader is gone.
 */
export async function writeLines(
  out: Out,
  documents: AsyncIterable<unknown>,
  { framing = ndjson, everyMs = framing.beatMs }: WritingOptions = {},
): Promise<void> {
  let writing = false;
  const write = async (text: string): Promise<void> => {
    writing = true;
    await out.write(text);
    writing = false;
    beat.refresh();
  };
  const beat = setInterval(() => {
    // A reader that does not take what is there needs no more of it.
    if (!writing && !out.aborted) void write(framing.beat);
  }, everyMs);
  try {
    if (framing.begin !== '') await write(framing.begin);
    for await (const document of documents) {
      if (out.aborted) return;
      await write(framing.of(document));
    }
  } catch (error) {
    if (!out.aborted) await write(framing.of({ error: toErrorDocument(error) }));
  } finally {
    clearInterval(beat);
  }
}
