import { toErrorDocument } from '@soundbite/model/errors.ts';

interface Out {
  readonly aborted: boolean;
  write(text: string): Promise<unknown>;
}

/** Heartbeat interval of an answer (ms), an empty line: clients and proxies give up on minutes of silence. */
const beatEveryMs = 15_000;

/**
 * Writes documents as NDJSON, and an empty line where there is nothing to say for a while. An error on the way is the last line, since the status has been
 * sent. Stops when the reader is gone.
 */
export async function writeLines(out: Out, documents: AsyncIterable<unknown>, everyMs = beatEveryMs): Promise<void> {
  let writing = false;
  const write = async (text: string): Promise<void> => {
    writing = true;
    await out.write(`${text}\n`);
    writing = false;
    beat.refresh();
  };
  const beat = setInterval(() => {
    // A reader that does not take what is there needs no more of it.
    if (!writing && !out.aborted) void write('');
  }, everyMs);
  try {
    for await (const document of documents) {
      if (out.aborted) return;
      await write(JSON.stringify(document));
    }
  } catch (error) {
    if (!out.aborted) await write(JSON.stringify({ error: toErrorDocument(error) }));
  } finally {
    clearInterval(beat);
  }
}
