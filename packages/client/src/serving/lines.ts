import { toErrorDocument } from '@soundbite/model/errors.ts';

interface Out {
  readonly aborted: boolean;
  writeln(text: string): Promise<unknown>;
}

/** Writes documents as NDJSON; an error on the way is the last line, since the status has been sent. Stops when the reader is gone. */
export async function writeLines(out: Out, documents: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const document of documents) {
      if (out.aborted) return;
      await out.writeln(JSON.stringify(document));
    }
  } catch (error) {
    if (!out.aborted) await out.writeln(JSON.stringify({ error: toErrorDocument(error) }));
  }
}
