import type { LogLine as LevelledLine } from '@soundbite/client';
import { type LogLine, logLevelOf } from '@soundbite/model';

/** Lines of any runtime, each with the level that its form says. */
export async function* levelled(lines: AsyncIterable<LogLine>): AsyncGenerator<LevelledLine, void, undefined> {
  for await (const line of lines) yield { ...line, level: logLevelOf(line.text) };
}
